"""Preparing data: CIM/XML and its packages read into typed statements."""
