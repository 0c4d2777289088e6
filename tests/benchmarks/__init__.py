"""Benchmarks: they print figures; fast slices of them are tests."""
