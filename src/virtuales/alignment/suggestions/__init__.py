"""Suggestions: pairs of terms of two models that may mean the same, each with its evidence and how sure it is."""
