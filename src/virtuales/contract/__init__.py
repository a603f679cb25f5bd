"""Contracts: negotiation, agreement and signatures of both sides."""
