"""The append-only, hash-chained journal of every change of state, and its projection to the RDF store."""
