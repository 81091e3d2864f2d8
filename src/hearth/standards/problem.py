"""What `lint` finds."""

from dataclasses import dataclass

from hearth.standards.model import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair in the registry."""

    at: Place
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.at}: {self.text} {self.remedy}"
