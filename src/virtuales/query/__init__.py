"""SPARQL requests: what they may read, what they may not do, and how their answers are written."""
