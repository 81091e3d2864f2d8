"""Benchmarks of Hearth: repeatable, each with the figure it is to reach."""
