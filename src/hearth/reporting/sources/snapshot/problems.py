"""What can go wrong with a snapshot, in words for a person."""


class SnapshotError(Exception):
    """The snapshot cannot be made or read; one sentence that says why and what to do, without client data."""
