"""The ledger: where things lie, what was logged, and what follows from it."""
