"""The shapes: tables and GraphQL types; opens nothing."""
