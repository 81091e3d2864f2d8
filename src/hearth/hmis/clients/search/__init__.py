"""Finding a person: what was typed → a question → the database's answer → reasons in plain words."""
