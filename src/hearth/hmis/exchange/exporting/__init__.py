"""Exports of HMIS CSV: what the acting user may see of the chosen projects and time, to HUD's letter."""
