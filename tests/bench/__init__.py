"""Speed, measured against something in the same run and told as a ratio, on both databases; see `make bench`."""
