"""Enrolling a person: which project and when (`choose`), what is asked at the start (`questions`)."""
