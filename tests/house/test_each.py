"""One test over many things notices each that fails, and tells which."""

import pytest

from tests.house.each import for_each


def test_every_thing_that_fails_is_told() -> None:
    @for_each([1, 2, 3, 4], lambda one: f"thing {one}")
    def rule(one: int) -> None:
        assert one % 2, "is even"

    with pytest.raises(AssertionError) as raised:
        rule()
    told = str(raised.value)
    assert ("thing 2: is even" in told, "thing 4: is even" in told) == (True, True)
    assert "thing 1" not in told


def test_a_rule_about_nothing_fails() -> None:
    @for_each([])
    def rule(one: object) -> None:
        """Never asked."""

    with pytest.raises(AssertionError, match="about nothing"):
        rule()


def test_another_error_is_no_answer() -> None:
    @for_each([1])
    def rule(one: int) -> None:
        raise KeyError(one)

    with pytest.raises(KeyError):
        rule()
