"""Views: which part of a dataset version a policy is about, and what privacy techniques do to it."""
