"""Proof that the tests notice: which branches they take, and which broken lines they let pass."""
