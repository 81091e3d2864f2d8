"""Households: who presents together (`presenting`), and what is said of them before they are enrolled."""
