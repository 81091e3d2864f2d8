"""How a client is reached, for how long, and whether that is safe; and in which language they speak."""
