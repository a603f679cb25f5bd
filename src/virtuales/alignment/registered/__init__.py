"""Mappings that are contributed to a node between releases: their versions, what is decided, and what is in use."""
