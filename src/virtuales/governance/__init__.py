"""Governance: the audit trail and the means to act on misuse."""
