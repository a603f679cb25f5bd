"""SPARQL as syntax trees: read, looked at, changed, and written again."""
