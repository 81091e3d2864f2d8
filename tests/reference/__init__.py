"""Slow, obvious Python twins of what the reports compute in SQL: loops over days and lists, no SQL.

They are written from HUD's texts, so that a mistake of one is not a mistake of the other. Where a report
follows HUD's sample output rather than the text, the twin says so.
"""
