"""Pages: how long a client page takes, and every page while an import runs.

20,000 invented people over all ten CoCs. One visitor, signed in as a system administrator (who sees the
most), asks for one page after another. The number of queries of a client page is a golden figure of the
tests (tests/hmis/clients), not measured here.
"""

import random
import time

from bench.figures import Figure, percentile
from bench.installation import ADMINISTRATOR, Installation, Visitor

CLIENTS, SMALL_CLIENTS = 20_000, 500
PAGES, SMALL_PAGES = 300, 20
TYPED = ("johnson", "maria", "garcia jose", "abdi", "vang", "4/1/1990", "olson kristin")


def run(small: bool) -> list[Figure]:
    """Client pages at rest, and the usual mix of pages while an import writes."""
    clients, pages = (SMALL_CLIENTS, SMALL_PAGES) if small else (CLIENTS, PAGES)
    rng = random.Random(1)
    with Installation() as here:
        first, second = here.folder / "first.zip", here.folder / "second.zip"
        here.hearth("synth", "--clients", str(clients), "--seed", "1", "--out", str(first))
        here.hearth("import", str(first), "--yes", "--source", "first", "--as", ADMINISTRATOR)
        visitor = here.serve()
        people = _people(visitor)
        for path in people[:5]:
            visitor.get(path)  # warm
        alone = [_timed(visitor, rng.choice(people)) for _ in range(pages)]
        usual = [_visit(visitor, rng, people) for _ in range(pages)]

        here.hearth("synth", "--clients", str(clients * 2), "--seed", "2", "--out", str(second))
        loading = here.started("import", str(second), "--yes", "--source", "second", "--as", ADMINISTRATOR)
        meanwhile = []
        while loading.poll() is None:
            meanwhile.append(_visit(visitor, rng, people))
            time.sleep(0.05)
        if loading.returncode:
            raise RuntimeError("The import of the benchmark failed.")
    return [
        Figure("client page, median", percentile(alone, 0.5), "ms", below=100),
        Figure("client page, p95", percentile(alone, 0.95), "ms", below=100),
        Figure("usual pages, p95", percentile(usual, 0.95), "ms", below=300),
        Figure(
            "usual pages while an import runs, p95",
            percentile(meanwhile, 0.95),
            "ms",
            below=300,
            note=f"{len(meanwhile)} pages",
        ),
    ]


def _people(visitor: Visitor) -> list[str]:
    """Addresses of client pages, as searches give them."""
    page = visitor.get("/clients/")
    found: set[str] = set()
    for typed in TYPED:
        answer = visitor.post("/clients/", {"q": typed}, page)
        found |= {part.split('"')[0] for part in answer.split('href="')[1:]}
    people = sorted(path for path in found if path.startswith("/clients/") and path[9:-1].isdigit())
    if not people:
        raise RuntimeError("The searches of the benchmark found nobody.")
    return people


def _visit(visitor: Visitor, rng: random.Random, people: list[str]) -> float:
    """One page of a usual day: client pages most, then searches, then the rest."""
    kind = rng.random()
    if kind < 0.4:
        return _timed(visitor, rng.choice(people))
    if kind < 0.7:
        page = visitor.get("/clients/")
        began = time.perf_counter()
        visitor.post("/clients/", {"q": rng.choice(TYPED)}, page)
        return (time.perf_counter() - began) * 1000
    return _timed(visitor, rng.choice(("/", "/organizations/", "/regions/", "/regions/MN-500/", "/help/")))


def _timed(visitor: Visitor, path: str) -> float:
    """Milliseconds from asking to the whole page."""
    began = time.perf_counter()
    visitor.get(path)
    return (time.perf_counter() - began) * 1000
