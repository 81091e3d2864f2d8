"""The checks of the registry while somebody enters: what a form is about to store (`looked_at`), what is
wrong or unlikely in it (`found`), forms that say it at the field (`form`), what was answered (`actions`).
"""
