"""The catalogue: DCAT datasets, versions and distributions."""
