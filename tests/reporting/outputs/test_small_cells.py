"""Small cells are hidden so that nothing shown gives them back: tests that play the viewer who calculates."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import pytest

from hearth.reporting.outputs.small_cells import LEAST, Sum, hide

Signs = Mapping[str, int]


@pytest.mark.parametrize(
    ("cells", "sums", "shown"),
    [
        ({"a": 0, "b": 1, "c": 10, "d": 11}, [], {"a": 0, "b": None, "c": None, "d": 11}),
        # One small part would be the total less the others: the smallest of them is hidden, too.
        (
            {"all": 90, "a": 50, "b": 37, "c": 3},
            [("all", "a b c")],
            {"all": 90, "a": 50, "b": None, "c": None},
        ),
        # A 0 beside it hides nothing.
        ({"all": 53, "a": 50, "b": 0, "c": 3}, [("all", "a b c")], {"all": 53, "a": None, "b": 0, "c": None}),
        # Two small parts of 11: with 1 and 10 or with 5 and 6 they look the same.
        ({"all": 11, "a": 1, "b": 10}, [("all", "a b")], {"all": 11, "a": None, "b": None}),
        # Two parts of 2 cannot be hidden in a total of 12 with 8: each of 1 to 10 must fit all of them.
        (
            {"all": 12, "a": 2, "b": 2, "c": 8},
            [("all", "a b c")],
            {"all": 12, "a": None, "b": None, "c": None},
        ),
        ({"all": 11, "a": 3, "b": 4, "c": 4}, [("all", "a b c")], dict.fromkeys(("all", "a", "b", "c"))),
        # A total that is small itself.
        ({"all": 3, "a": 3, "b": 0}, [("all", "a b")], {"all": None, "a": None, "b": 0}),
    ],
)
def test_what_is_hidden(
    cells: dict[str, int], sums: list[tuple[str, str]], shown: dict[str, int | None]
) -> None:
    assert hide(cells, [Sum(total, tuple(parts.split())) for total, parts in sums]) == shown


def test_a_small_rest_is_a_small_cell() -> None:
    assert hide({"exits": 50, "returned": 47}, parts=[("returned", "exits")]) == {
        "exits": 50,
        "returned": None,
    }
    assert hide({"exits": 50, "returned": 30}, parts=[("returned", "exits")]) == {"exits": 50, "returned": 30}
    assert hide({"exits": 50, "returned": 50}, parts=[("returned", "exits")]) == {"exits": 50, "returned": 50}


def test_what_stands_on_no_page_is_not_told() -> None:
    shown = hide({"all": 40, "a": 20, "between": 20}, [Sum("all", ("a", "between"))], unshown=["between"])
    assert shown == {"all": 40, "a": 20}


def test_each_table_is_looked_at_by_itself() -> None:
    """One whose cells are all hidden does not keep another from being covered."""
    sums = [Sum("a", ("a1", "a2")), Sum("z", ("z1", "z2", "z3"))]
    cells = {"a1": 2, "a2": 1, "a": 3, "z1": 40, "z2": 30, "z3": 2, "z": 72}
    shown = hide(cells, sums)
    assert [shown[key] for key in ("a1", "a2", "a", "z1", "z2", "z3", "z")] == [
        None, None, None, 40, None, None, 72,
    ]  # fmt: skip


@pytest.mark.parametrize("cells", [{"all": 5, "a": 6}, {"all": 5, "a": -1}])
def test_what_does_not_add_up_is_refused(cells: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"add up|below nothing"):
        hide(cells, [Sum("all", ("a",))])


# ---------------------------------------------------------------------- the viewer who calculates


def _tables(random_values: random.Random) -> tuple[dict[str, int], list[Sum]]:
    """A table of rows and columns with their totals, at times with a total between them."""
    width, height = random_values.randint(2, 4), random_values.randint(1, 3)
    counts = [0, 0, 1, 2, 3, 5, 9, 10, 11, 12, 13, 20, 40, 300]
    cells = {
        f"{row}.{column}": random_values.choice(counts) for row in range(height) for column in range(width)
    }
    rows = [Sum(f"row{row}", tuple(f"{row}.{column}" for column in range(width))) for row in range(height)]
    columns = [Sum(f"column{one}", tuple(f"{row}.{one}" for row in range(height))) for one in range(width)]
    sums = rows + (columns if random_values.random() < 0.7 else [])
    if len(rows) > 2 and random_values.random() < 0.5:
        sums += [Sum("first two", ("row0", "row1")), Sum("all", ("first two", "row2"))]
    else:
        sums.append(Sum("all", tuple(one.total for one in rows)))
    for one in sums:
        cells[one.total] = sum(cells[part] for part in one.parts)
    return cells, sums


def _signs(sums: Sequence[Sum]) -> list[Signs]:
    return [dict.fromkeys(one.parts, 1) | {one.total: -1} for one in sums]


def _worked_out(shown: Mapping[str, int | None], sums: Sequence[Signs]) -> set[str]:
    """Hidden cells that the sums determine, by elimination over fractions."""
    hidden = [key for key, count in shown.items() if count is None]
    rows = [[Fraction(signs.get(key, 0)) for key in hidden] for signs in sums]
    pivot = 0
    for column in range(len(hidden)):
        found = next((at for at in range(pivot, len(rows)) if rows[at][column]), None)
        if found is None:
            continue
        rows[pivot], rows[found] = rows[found], rows[pivot]
        rows[pivot] = [value / rows[pivot][column] for value in rows[pivot]]
        for at in range(len(rows)):
            if at != pivot and rows[at][column]:
                rows[at] = [x - rows[at][column] * y for x, y in zip(rows[at], rows[pivot], strict=True)]
        pivot += 1
    alone = [[at for at, value in enumerate(row) if value] for row in rows]
    return {hidden[row[0]] for row in alone if len(row) == 1}


def _narrowed(shown: Mapping[str, int | None], sums: Sequence[Signs]) -> dict[str, tuple[int, int]]:
    """Between which numbers each cell must lie: narrowed by one sum after the other until none says more."""
    bounds = {key: (1, 2_000) if count is None else (count, count) for key, count in shown.items()}
    changed = True
    while changed:
        changed = False
        for signs in sums:
            for key, sign in signs.items():
                others = [(bounds[one], by) for one, by in signs.items() if one != key]
                low = sum(min(by * least, by * most) for (least, most), by in others)
                high = sum(max(by * least, by * most) for (least, most), by in others)
                least, most = (-high, -low) if sign == 1 else (low, high)
                narrow = max(bounds[key][0], least), min(bounds[key][1], most)
                changed |= narrow != bounds[key]
                bounds[key] = narrow
    return bounds


def _zeros(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The same with nothing shown but zeros."""
    return {key: None if count else 0 for key, count in cells.items()}


@pytest.mark.parametrize("seed", range(25))
def test_nobody_works_out_a_small_cell(seed: int) -> None:
    """Of random tables: the sums determine no hidden cell, and narrow no small one to less than 1 to 10, but
    for what the zeros alone say."""
    random_values = random.Random(seed)
    for _ in range(5):
        cells, sums = _tables(random_values)
        shown, signs = hide(cells, sums), _signs(sums)
        assert all(count in (None, cells[key]) for key, count in shown.items())
        assert not _worked_out(shown, signs), (cells, shown)
        known, unknown = _narrowed(shown, signs), _narrowed(_zeros(cells), signs)
        for key in (key for key, count in cells.items() if 0 < count < LEAST):
            assert shown[key] is None
            assert known[key][0] <= unknown[key][0], (key, cells, shown)
            assert known[key][1] >= LEAST - 1, (key, cells, shown)


@pytest.mark.parametrize("seed", range(10))
def test_each_guess_fits_a_small_table(seed: int) -> None:
    """Of tables of two rows and columns: each number from 1 to 10 is found in some table that looks alike."""
    random_values = random.Random(seed)
    cells = {key: random_values.choice([1, 2, 5, 10, 11, 12, 14, 16]) for key in ("a1", "a2", "b1", "b2")}
    sums = [Sum("a", ("a1", "a2")), Sum("b", ("b1", "b2")), Sum("1", ("a1", "b1")), Sum("2", ("a2", "b2"))]
    cells |= {one.total: sum(cells[part] for part in one.parts) for one in sums}
    cells["all"] = cells["a"] + cells["b"]
    shown = hide(cells, [*sums, Sum("all", ("a", "b"))])

    def choices(key: str) -> Iterable[int]:
        known = shown[key]
        return range(1, 27) if known is None else (known,)

    found: dict[str, set[int]] = {key: set() for key in cells}
    for a1, a2 in itertools.product(choices("a1"), choices("a2")):
        if shown["a"] not in (None, a1 + a2):
            continue
        for b1, b2 in itertools.product(choices("b1"), choices("b2")):
            table = {"a": a1 + a2, "b": b1 + b2, "1": a1 + b1, "2": a2 + b2, "all": a1 + a2 + b1 + b2}
            if all(shown[key] in (None, count) for key, count in table.items()):
                for key, count in (table | {"a1": a1, "a2": a2, "b1": b1, "b2": b2}).items():
                    found[key].add(count)
    for key in (key for key, count in cells.items() if count < LEAST):
        least = {"a": 2, "b": 2, "1": 2, "2": 2, "all": 4}.get(key, 1)
        assert found[key] >= set(range(least, LEAST)), (key, cells, shown)


def test_not_more_is_hidden_than_a_few() -> None:
    """One small cell of a table of 16 hides three more, and no total."""
    sums = [Sum(f"row{row}", tuple(f"{row}.{column}" for column in range(4))) for row in range(4)]
    sums += [Sum(f"column{one}", tuple(f"{row}.{one}" for row in range(4))) for one in range(4)]
    cells = {
        part: 20 + 7 * number for number, part in enumerate(part for one in sums[:4] for part in one.parts)
    }
    cells["1.2"] = 4
    cells |= {one.total: sum(cells[part] for part in one.parts) for one in sums}
    hidden = [key for key, count in hide(cells, sums).items() if count is None]
    assert len(hidden) == 4
    assert not [key for key in hidden if key.startswith(("row", "column"))]
