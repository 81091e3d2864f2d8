"""Who may see and do what, slowly and obviously: a twin of row-level security, written from the text of the
issue of rights and docs/adr 0006 and 0027, not from the SQL.

It works on a world: a dict of lists of plain dicts, as `tests/hmis/access/worlds.py` makes them.
"""
