"""Mapping sets: which term of one vocabulary is which of another, read, written, judged and chained."""
