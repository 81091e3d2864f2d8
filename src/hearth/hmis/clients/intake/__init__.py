"""A person who is entered here for the first time: what was typed, who is alike, and adding them.

| module | what |
|---|---|
| `birth` `number` | a birth date and a Social Security number as people type them, and their quality codes |
| `identity` | the answers of the identity form as values of Client.csv |
| `alike` | people who may be the same |
"""
