"""RDF 1.1 terms, closed namespaces, media types, prefixes and change sets; no store and no network."""
