"""How well the same person is found, against others: `python -m tests.benchmarks.matching`."""
