"""Queries in one vocabulary made queries in another, through mappings and rules, with an account of every term."""
