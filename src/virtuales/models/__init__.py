"""Ontologies and profiles: import of published files, our own facts, term look-up, generated shapes."""
