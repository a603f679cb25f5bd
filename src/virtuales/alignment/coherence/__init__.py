"""Coherence of alignments: which classes mappings make impossible, what they order anew, and which mappings do it.

The door is `virtuales.alignment.coherence.judging`. Axioms become clauses (`clauses`), clauses are searched for a
picture of the world in which a class has a member (`search`), and what cannot be drawn is impossible.
"""
