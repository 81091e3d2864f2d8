"""What HUD means by a word, once for all reports.

- `tables/`: a step file for each, as in a report's `steps`. A report's steps name such a table among their
  inputs, and it is made once for all of them.
- `rules/`: what HUD does with a table that the report has to give, such as ages on the days that it asks for.
  A step of the report reads the rule like a table; see `runtime.step_files`.

Where HUD's texts differ, the name of a column says whose it is: `LSA` for the LSA's specifications, no word
for the Glossary, which the other reports share.
"""

from pathlib import Path

FOLDER = Path(__file__).parent / "tables"
RULES = Path(__file__).parent / "rules"
