"""Money is typed as people write it; what only looks like a number is refused with words."""

from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from hearth.hmis.ui.forms import PlainWords
from hearth.hmis.ui.money import MoneyField

ANY_AMOUNT = st.decimals(min_value=0, max_value=Decimal("999999.99"), places=2)


class Asked(PlainWords, forms.Form):
    rent = MoneyField(label="Rent", required=False)
    loss = MoneyField(label="Loss", required=False, signed=True)


def said(typed: str, name: str = "rent") -> list[str]:
    return list(Asked({name: typed}).errors.get(name, []))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,077.40", "1077.40"), ("$1,077.40", "1077.40"), ("$ 1077.4", "1077.40"), (" 5 ", "5"), ("0", "0"),
        (".50", "0.50"), ("12.", "12"), ("999,999.99", "999999.99"), ("0001", "1"),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(typed: str, amount: str) -> None:
    form = Asked({"rent": typed})
    assert form.is_valid() and form.cleaned_data["rent"] == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "1_000", "1e3", "NaN", "Infinity", "-inf", "١٢٣", "1٬000", "１２", "1.077,40", "1,07", "1,0000",
        "1,,000", ",5", "1 000", "$", ".", "-", "12 dollars", "0x10", "=1+1", "--5", "1.2.3", "٫5",
        "\u200f5", "five",
    ],
)  # fmt: skip
def test_what_only_looks_like_money_is_refused(typed: str) -> None:
    assert said(typed) == said(typed, "loss") == ["Type dollars and cents, such as 1,077.40."]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-5", "Type 0 or more."), ("1,000,000", "Type 999,999.99 or less."),
        ("9" * 10_000, "Type 999,999.99 or less."), ("1.005", "Type at most two figures for cents."),
    ],
)  # fmt: skip
def test_limits_are_said_in_words(typed: str, words: str) -> None:
    assert said(typed) == [words]


def test_what_may_be_a_loss_is_below_nothing() -> None:
    form = Asked({"loss": "-$1,077.40"})
    assert form.is_valid() and form.cleaned_data["loss"] == Decimal("-1077.40")
    assert said("-1,000,000", "loss")


def test_a_blank_is_no_amount() -> None:
    form = Asked({"rent": "  "})
    assert form.is_valid() and form.cleaned_data["rent"] is None


@given(ANY_AMOUNT)
def test_what_is_shown_is_read_back_and_is_no_change(amount: Decimal) -> None:
    shown = str(Asked(initial={"rent": amount})["rent"].value())
    form = Asked({"rent": shown}, initial={"rent": amount})
    assert form.is_valid() and form.cleaned_data["rent"] == amount
    assert not form.has_changed()


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_amount_or_a_message(typed: str) -> None:
    form = Asked({"rent": typed})
    if form.is_valid():
        assert form.cleaned_data["rent"] is None or 0 <= form.cleaned_data["rent"] < 1_000_000


def test_it_is_a_field_of_text_for_figures_with_a_point() -> None:
    written = str(Asked(initial={"rent": Decimal("1077.4")})["rent"])
    for part in ('type="text"', 'inputmode="decimal"', 'value="1,077.40"', "data-money"):
        assert part in written
