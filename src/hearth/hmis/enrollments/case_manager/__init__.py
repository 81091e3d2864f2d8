"""Who works with a client during a stay: a dated assignment, said at its start and changed with a day."""
