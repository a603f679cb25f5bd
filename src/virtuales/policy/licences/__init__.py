"""Licences of data: what they permit, prohibit and require, and what data made of several sources may carry."""
