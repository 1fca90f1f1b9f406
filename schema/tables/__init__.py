"""The tables: SQLModel classes, one file per thing, and the pure mapping between rows and structs."""
