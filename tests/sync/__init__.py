"""Tests of sync/, file for file; they cover it wholly by themselves."""
