"""Why an import did not happen, as one sentence and one remedy. Nothing was written."""

from hearth.hmis.jobs.outcome import Refused

NOTHING_WRITTEN = "Nothing was imported."


def refusal(stopping: list[tuple[str, str]]) -> Refused:
    """From (sentence, remedy) of everything that stops an import: the first, and how many more."""
    sentence, remedy = stopping[0]
    others = len(stopping) - 1
    if others:
        more = "One more fault stops it" if others == 1 else f"{others} more faults stop it"
        remedy = f"{remedy} {more} too: see the list of findings."
    return Refused(sentence, f"{remedy} {NOTHING_WRITTEN}")
