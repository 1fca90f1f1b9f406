"""The district server: all input and output happens here."""
