"""The functions that run for every value, compiled and as they are."""
