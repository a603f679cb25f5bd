"""A demonstration on one machine: sample organisations, sample networks and their nodes."""
