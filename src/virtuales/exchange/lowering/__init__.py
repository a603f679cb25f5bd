"""Lowering: statements become tables and plain documents in the shape that an organisation's own systems read."""
