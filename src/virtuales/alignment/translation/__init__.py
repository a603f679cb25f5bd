"""Data in one model's terms carried into another's: by term mappings, by rules, with an account of every statement."""
