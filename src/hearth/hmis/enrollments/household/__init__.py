"""Households: who presents together (`presenting`), and the questions of each on one page (`cards`)."""
