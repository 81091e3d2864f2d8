"""What nobody should type, by what is asked for."""

from hypothesis import strategies as st

LONG = "ǂ" * 10_000
#: Read by no field of days or numbers, and harmless as text where a text is not too long.
TEXTS = (
    "=1+1", "@SUM(A1:A9)", "‮ שלום עולם \u200f", "👩🏽‍👧‍👦", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̷̘", LONG, "\ud800", "<script>alert(1)</script>",
    "'; DROP TABLE clients_client; --", "%s %(a)s {0}", "\u0085\u2028\x0b\x1b[31m", "   ", "NULL",
)  # fmt: skip
DAYS = (
    "0000-01-01", "01/01/0000", "12/31/9999", "9999-12-31", "02/30/2026", "13/45/2026", "01/01/0001",
    "١١/٠١/٢٠٢٦", "1e400", "-1/-1/-1", "99999999", "2026-11-29T25:61", "00000000",
)  # fmt: skip
NUMBERS = (
    "-1", "-0.01", "1e400", "NaN", "Infinity", "9" * 40, "１２", "1,000", "0x10", "2147483648", "1e-400",
    "1_000", "--1",
)  # fmt: skip
CHOICES = (
    "999999", "-1", "", "1e400", "0 ", "on", LONG, "None", "99", "👍", "1\n2", "9223372036854775808", "1.0",
)  # fmt: skip
KINDS = (TEXTS, DAYS, NUMBERS, CHOICES)
MOST = max(map(len, KINDS))

#: Anything at all, in any script; NUL is refused before a form sees it (`site/input_guard.py`).
anything = st.one_of(
    st.text(max_size=400),
    st.text(alphabet=st.characters(codec="utf-8", categories=("Lo", "Mn", "Sk", "So", "Cf")), max_size=80),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year}"),
    st.integers().map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.sampled_from([one for kind in KINDS for one in kind]),
)
