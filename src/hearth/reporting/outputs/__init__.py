"""HUD's upload formats, written from tables of the engine.

| module | what |
|---|---|
| `hmis_csv` | an HMIS CSV export, the whole zip |
| `csv_text` | how one value is written |
| `hashing` | names and SSN in a hashed export |
| `archive` | a zip that is there whole or not at all, and the same bytes for the same content |
"""
