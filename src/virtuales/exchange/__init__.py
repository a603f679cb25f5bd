"""Exchange between nodes: the feed of events, its followers, and messages to peers."""
