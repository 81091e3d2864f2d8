"""Workers share what is dear to make: it is made once, and stays for as long as somebody uses it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from tests.sharing import Shared


class Makes:
    """Something that notes when it is made and taken down."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def __call__(self, name: str) -> Callable[[], AbstractContextManager[Any]]:
        @contextmanager
        def make() -> Iterator[dict[str, str]]:
            self.noted.append(f"{name} made")
            yield {"name": name}
            self.noted.append(f"{name} down")

        return make


def ends(worker: Shared) -> Thread:
    thread = Thread(target=worker.leave, daemon=True)
    thread.start()
    return thread


def test_the_first_makes_it_and_stays_until_the_last_has_gone(tmp_path: Path) -> None:
    makes, one, other = Makes(), Shared(tmp_path), Shared(tmp_path)
    assert one.get("site", makes("site")) == {"name": "site"}
    assert one.get("site", makes("site")) == other.get("site", makes("site")) == {"name": "site"}
    assert makes.noted == ["site made"]
    ending = ends(one)
    ending.join(0.2)
    assert ending.is_alive() and makes.noted == ["site made"]
    other.leave()
    ending.join(10)
    assert makes.noted == ["site made", "site down"]


def test_all_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    makes, workers, together = Makes(), [Shared(tmp_path) for _ in range(5)], Barrier(5)
    found: list[Any] = []

    def ask(worker: Shared) -> None:
        together.wait()
        found.append(worker.get("site", makes("site")))

    threads = [Thread(target=ask, args=[worker]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [{"name": "site"}] * 5
    assert makes.noted == ["site made"]
    for ending in [ends(worker) for worker in workers]:
        ending.join(10)
        assert not ending.is_alive()


def test_two_that_use_what_the_other_made_do_not_wait_for_each_other(tmp_path: Path) -> None:
    makes, one, other = Makes(), Shared(tmp_path), Shared(tmp_path)
    one.get("sail", makes("sail"))
    other.get("site", makes("site"))
    one.get("site", makes("site"))
    other.get("sail", makes("sail"))
    for ending in [ends(one), ends(other)]:
        ending.join(10)
        assert not ending.is_alive()
    assert sorted(makes.noted) == ["sail down", "sail made", "site down", "site made"]
