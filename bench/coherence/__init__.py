"""Alignments on which the check of coherence is compared with another reasoner."""
