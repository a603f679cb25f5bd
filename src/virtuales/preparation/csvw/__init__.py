"""CSV on the Web: tables with metadata to RDF. See https://www.w3.org/TR/csv2rdf/."""
