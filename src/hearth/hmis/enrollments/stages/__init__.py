"""Later answers of a stay: updates, annual assessments, what is asked after the exit."""
