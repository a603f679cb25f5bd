"""The Dataspace Protocol: its catalogue, negotiations and transfers, upon what the node holds anyway."""
