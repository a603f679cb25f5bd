"""The Dataspace Protocol on the wire: the shapes of its messages and the names in them."""
