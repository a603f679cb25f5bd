"""A linked-data node with which the organisations of an energy system share data about one physical grid."""

__version__ = "0.1.0"
