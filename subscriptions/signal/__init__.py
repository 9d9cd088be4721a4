"""The wake-up after a commit: a contract, and one module for each way to carry it."""
