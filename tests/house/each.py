"""A rule that holds for each of many things, as one test: a test for each file of the source costs more than
the rule itself, in every run and twice over where workers share the tests out."""

from collections.abc import Callable, Iterable
from typing import TypeVar

One = TypeVar("One")


def for_each(
    things: Iterable[One], called: Callable[[One], str] = str
) -> Callable[[Callable[[One], None]], Callable[[], None]]:
    """Decorate `test_…(thing)`: it is asked of every thing, and all that fail are told, by name."""
    all_things = list(things)

    def decorate(rule: Callable[[One], None]) -> Callable[[], None]:
        def test() -> None:
            assert all_things, "the rule is about nothing"
            broken = {}
            for one in all_things:
                try:
                    rule(one)
                except AssertionError as error:
                    broken[called(one)] = str(error)
            assert not broken, "\n\n".join(f"{name}: {said}" for name, said in broken.items())

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return decorate
