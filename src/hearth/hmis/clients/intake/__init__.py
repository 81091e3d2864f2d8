"""A person who is entered or corrected here: what was typed, who is alike, and who else corrected them.

| module | what |
|---|---|
| `birth` `number` | a birth date and a Social Security number as people type them, and their quality codes |
| `identity` | the answers of the identity form as values of Client.csv |
| `correcting` | the identity form on a client who is stored, its base version, and what follows |
| `alike` | people who may be the same |
"""
