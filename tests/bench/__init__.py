"""Speed, measured against something in the same run and told as a ratio; nothing here is a test."""
