"""Validation reports as files for other programs and for people: SARIF, JUnit XML, an HTML page."""
