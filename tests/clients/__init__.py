"""The clients, each against the real hub over a real network."""
