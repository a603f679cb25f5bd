"""What the client's commands share: profiles, connections to nodes, and how answers are shown."""
