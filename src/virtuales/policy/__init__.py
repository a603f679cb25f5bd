"""Usage policies: ODRL offers, licences, and decisions with reasons."""
