"""Reports of a gap analysis: tables for people, statements and values for programs."""
