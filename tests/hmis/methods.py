"""Which addresses do not take a method at all: tests that ask every address in many ways try them once.

405 is Django's answer in front of a view, by its decorators or by what a class defines; no view of ours gives
it (`test_nothing_answers_405_by_itself`). So it is the same for whoever asks, with whatever number in the
address, and nothing was looked at.
"""

from typing import Any


class Methods:
    """What was answered 405 once, by route and method."""

    def __init__(self) -> None:
        self._not_taken: set[tuple[str, str]] = set()
        self._routes: dict[str, str] = {}

    def takes(self, address: str, method: str) -> bool:
        """Whether it is worth asking: unless a like address did not take the method before."""
        return (self._route(address), method) not in self._not_taken

    def learn(self, address: str, method: str, answer: Any) -> Any:
        """The answer, noted if the method is not taken there."""
        if answer.status_code == 405:
            self._not_taken.add((self._route(address), method))
        return answer

    def _route(self, address: str) -> str:
        from django.urls import Resolver404, resolve

        if address not in self._routes:
            try:
                self._routes[address] = resolve(address).route
            except Resolver404:
                self._routes[address] = address
        return self._routes[address]
