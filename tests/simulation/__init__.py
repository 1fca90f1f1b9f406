"""One simulator for the whole: real tablets, the real hub, a simulated network and clock (see README.md)."""
