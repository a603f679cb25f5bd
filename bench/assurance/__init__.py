"""The benchmark of validation: cases, peers, how they are run, and how what they find is compared."""
