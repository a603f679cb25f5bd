"""The HTTP door: REST and SPARQL for applications, pages for people."""
