"""A node's SPARQL service under load, beside the server of the engine that it stands on."""
