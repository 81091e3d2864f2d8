"""Hearth: an open HMIS.

`standards` says what HUD says, `reporting` turns HMIS tables into report tables, `hmis` is the
application people use. Imports point left only.
"""

__version__ = "0.1.0"
