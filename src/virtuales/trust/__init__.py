"""The trust framework: organisations, their verification, credentials, keys and tokens."""
