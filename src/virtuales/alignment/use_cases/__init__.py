"""Use cases as a living record: actors, steps, data requirements with their history, remarks, and proposed terms."""
