"""GraphQL types, one file per thing."""
