"""The append-only, hash-chained journal of every change of state, and the projector that applies it to the RDF store."""
