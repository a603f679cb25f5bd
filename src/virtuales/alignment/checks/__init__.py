"""Checks of contributed mappings that an editor understands: each finding has a place, a reason and a suggestion."""
