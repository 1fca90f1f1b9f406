"""A tablet in a Python process, on its own SQLite file."""
