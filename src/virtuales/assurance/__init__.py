"""Schema assurance: the registered shapes, the SHACL engine and its reports."""
