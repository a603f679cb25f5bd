"""The parts of the benchmark of federated queries."""
