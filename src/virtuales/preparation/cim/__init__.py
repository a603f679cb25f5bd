"""CIM/XML (IEC 61970-552, as CGMES uses it): identifiers, headers, streaming reader, packages, references."""
