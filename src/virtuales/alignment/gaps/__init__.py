"""Gap analysis: how far registered models meet the data requirements of a use case, and what could fill the gaps."""
