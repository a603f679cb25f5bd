"""What a file of mappings changes: translations, saved queries, datasets and gap reports, with it and without it."""
