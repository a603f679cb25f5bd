"""The catalogue's search index: entries as their readers look for them, kept apart from where they are kept."""
