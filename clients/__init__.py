"""The clients: what speaks the protocol from the other side."""
