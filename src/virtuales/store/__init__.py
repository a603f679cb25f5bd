"""Stores behind protocols: RDF quads, and bytes addressed by their content."""
