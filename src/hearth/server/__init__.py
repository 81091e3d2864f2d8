"""This machine: data folder, keys, embedded PostgreSQL, processes. Imports nothing of ours and no Django."""
