"""RML: mappings of CSV, JSON and XML to RDF, read and carried out. See https://kg-construct.github.io/rml-core/."""
