"""One question to many SPARQL endpoints: the triples that it can use are brought together, then it runs unchanged."""
