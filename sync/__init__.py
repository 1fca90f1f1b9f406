"""The pure core: decides with plain values, and opens nothing."""
