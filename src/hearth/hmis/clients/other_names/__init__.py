"""Preferred, other and former names of a client: recorded, shown beside the name, and found by the search."""
