"""Tests of the tables: no field without its rule, no transition untested."""
