"""Benchmarks that print one table and compare within one run."""
