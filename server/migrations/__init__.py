"""How databases of older versions come up to this one. `database.py` runs it on open."""
