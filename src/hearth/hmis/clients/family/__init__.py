"""Standing family: who belongs together, whether they are in one household now or not."""
