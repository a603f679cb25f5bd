"""People: their accounts, credentials and sessions in the identity database, their memberships in the journal."""
