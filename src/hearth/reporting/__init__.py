"""HMIS tables in, reports out. No Django, no network, no clock. Also the home of HMIS CSV.

| what | where |
|---|---|
| HMIS CSV is read and checked | `sources` (of any vendor, zip or folder, any year) |
| the database is read as the same tables | `sources.snapshot` |
| HMIS CSV is written | `outputs.hmis_csv` |
| HMIS CSV is invented | `synthetic` |
| the columnar engine beneath all of it | `engine` |
| HUD's terms that reports share | `concepts` |
| what a report is, its plan and its run | `runtime`, `making` |
| a report, a folder each | `reports` |
| the people and facts behind a number, and two runs compared | `opening` |
"""
