"""The reference tool of SSSOM, in an environment of its own, as oracle and as peer in speed."""
