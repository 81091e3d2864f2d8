"""A gate: the condition on other answers under which something is asked, read into parts that a program uses.

It is written as predicates are, `DisabilityType = 10 AND DisabilityResponse IN (1, 2, 3)`, with `=`, `<>`,
`IN`, `NOT IN`, `BETWEEN` (both ends included), `IS NULL`, `IS NOT NULL`, `AND`, `OR` and brackets. A name is
a column of the same row, `File.Column` of another one, or `Disabilities.DisabilityResponse[8]`: the response
of the row with that DisabilityType. Codes are text, as everywhere in the registry.

`local_program in {FHPAP, LTH}` asks whether a household has the money of one of these state and local
programs (their catalog is local data). It is read as `LocalProgram.FHPAP = 1 OR LocalProgram.LTH = 1`: a
household may have several at once, and each is an answer of its own.

`holds` has three values: an answer that nobody gave yet leaves open what hangs on it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

Answers = Mapping[str, str | None]
"""Name → code. A name that is absent is not known yet; None says that it was left blank."""


class GateError(ValueError):
    """A condition that cannot be read; the text says where it stops making sense."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`column` is one of `codes`, or with `negated` none of them. A blank is neither."""

    column: str
    codes: tuple[str, ...]
    negated: bool = False

    def holds(self, answers: Answers) -> bool | None:
        """Whether it is so; None while the answer is not known."""
        if self.column not in answers:
            return None
        value = answers[self.column]
        return False if value is None else (value in self.codes) is not self.negated

    def __str__(self) -> str:
        if len(self.codes) == 1:
            return f"{self.column} {'<>' if self.negated else '='} {self.codes[0]}"
        return f"{self.column} {'NOT ' if self.negated else ''}IN ({', '.join(self.codes)})"


@dataclass(frozen=True, slots=True)
class Between:
    """`column` is a whole number from `low` to `high`, both included."""

    column: str
    low: int
    high: int

    def holds(self, answers: Answers) -> bool | None:
        """Whether it is so; None while the answer is not known."""
        if self.column not in answers:
            return None
        value = answers[self.column]
        return value is not None and value.isdecimal() and self.low <= int(value) <= self.high

    def __str__(self) -> str:
        return f"{self.column} BETWEEN {self.low} AND {self.high}"


@dataclass(frozen=True, slots=True)
class Blank:
    """`column` is blank, or with `negated` is not."""

    column: str
    negated: bool = False

    def holds(self, answers: Answers) -> bool | None:
        """Whether it is so; None while the answer is not known."""
        if self.column not in answers:
            return None
        return (answers[self.column] is None) is not self.negated

    def __str__(self) -> str:
        return f"{self.column} IS {'NOT ' if self.negated else ''}NULL"


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; without parts it always does."""

    parts: tuple["Gate", ...] = ()

    def holds(self, answers: Answers) -> bool | None:
        """Whether all hold; None while that is open."""
        found = [part.holds(answers) for part in self.parts]
        return False if False in found else None if None in found else True

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """One part holds at least; without parts it never does."""

    parts: tuple["Gate", ...] = ()

    def holds(self, answers: Answers) -> bool | None:
        """Whether one holds; None while that is open."""
        found = [part.holds(answers) for part in self.parts]
        return True if True in found else None if None in found else False

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, Every) else str(part) for part in self.parts)


Gate = Compared | Between | Blank | Every | Either
ALWAYS, NEVER = Every(), Either()

_TOKEN = re.compile(
    r"\s*(?:(?P<program>local_program in)\b|(?P<word>AND|OR|NOT|IN|BETWEEN|IS|NULL)\b"
    r"|(?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)?(?:\[\d+\])?)"
    r"|(?P<code>\d+|'[^']*')|(?P<sign><>|=|\(|\)|\{|\}|,))"
)
#: The file of the answers whether a household has the money of a program.
LOCAL_PROGRAM = "LocalProgram"


def every(*parts: Gate) -> Gate:
    """All of the parts, without brackets that say nothing and without saying one thing twice."""
    flat: dict[Gate, None] = {}
    for part in parts:
        flat.update((one, None) for one in (part.parts if isinstance(part, Every) else (part,)))
    if NEVER in flat:
        return NEVER
    return next(iter(flat)) if len(flat) == 1 else Every(tuple(flat))


def either(*parts: Gate) -> Gate:
    """One of the parts at least, in the same way; codes of one column come together."""
    flat: dict[object, Gate] = {}
    for part in parts:
        for one in part.parts if isinstance(part, Either) else (part,):
            key: object = one
            if isinstance(one, Compared) and not one.negated:
                key = one.column
                if isinstance(before := flat.get(key), Compared):
                    one = replace(one, codes=tuple(sorted({*before.codes, *one.codes}, key=_in_order)))
            flat[key] = one
    if ALWAYS in flat:
        return ALWAYS
    return next(iter(flat.values())) if len(flat) == 1 else Either(tuple(flat.values()))


def _in_order(code: str) -> tuple[int, str]:
    return (int(code), "") if code.isdecimal() else (0, code)


@cache
def gate(text: str) -> Gate:
    """The gate that a text writes, always open for an empty one. GateError says what cannot be read."""
    if not text.strip():
        return ALWAYS
    reader = _Reader(text)
    found = reader.any_of()
    if reader.kind:
        raise GateError(f"'{reader.word}' is one word too many")
    return found


def columns(of: Gate) -> Iterator[str]:
    """The names of the answers that a gate looks at."""
    if isinstance(of, Every | Either):
        for part in of.parts:
            yield from columns(part)
    else:
        yield of.column


def codes(of: Gate) -> Iterator[tuple[str, str]]:
    """Column and code of every comparison."""
    if isinstance(of, Every | Either):
        for part in of.parts:
            yield from codes(part)
    elif isinstance(of, Compared):
        yield from ((of.column, code) for code in of.codes)


def given(of: Gate, known: Answers) -> Gate:
    """What is left of a gate when some answers are known: `A = 1 AND B = 2` given A = 1 is `B = 2`."""
    if isinstance(of, Every):
        return every(*(given(part, known) for part in of.parts))
    if isinstance(of, Either):
        return either(*(given(part, known) for part in of.parts))
    found = of.holds(known)
    return of if found is None else ALWAYS if found else NEVER


def renamed(of: Gate, name: Callable[[str], str]) -> Gate:
    """The gate with every name of an answer put through `name`."""
    match of:
        case Every(parts):
            return Every(tuple(renamed(part, name) for part in parts))
        case Either(parts):
            return Either(tuple(renamed(part, name) for part in parts))
        case Compared(column, values, negated):
            return Compared(name(column), values, negated)
        case Between(column, low, high):
            return Between(name(column), low, high)
        case Blank(column, negated):
            return Blank(name(column), negated)


def put_in(of: Gate, follows: Mapping[str, Gate]) -> Gate:
    """The gate with `A = 1` written out for every A that follows from other answers: 1 where its gate holds.
    ValueError where it is compared with anything else."""
    match of:
        case Every(parts):
            return every(*(put_in(part, follows) for part in parts))
        case Either(parts):
            return either(*(put_in(part, follows) for part in parts))
        case Compared(column, ("1",), False) if column in follows:
            return follows[column]
    if of.column in follows:
        raise ValueError(f"{of} compares what follows from other answers with something else than 1")
    return of


@cache
def bare(of: Gate) -> str:
    """The gate in words of columns, without their files; empty when it is always open."""
    return str(renamed(of, lambda name: name.partition(".")[2] or name)) if of != ALWAYS else ""


class _Reader:
    """One pass over the words of a condition: `OR` binds less than `AND`."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.kind, self.word = "", ""
        self.step()

    def step(self) -> str:
        """Go on by one word; what it was."""
        before = self.word
        rest = self.text[self.at :]
        if not rest.strip():
            self.kind, self.word = "", ""
            return before
        match = _TOKEN.match(rest)
        if not match or not match.lastgroup:
            raise GateError(f"'{rest.strip()[:20]}' cannot be read")
        self.at += match.end()
        self.kind, self.word = match.lastgroup, match[match.lastgroup]
        return before

    def take(self, kind: str, *tokens: str) -> str:
        """The next word, which must be one of these."""
        if self.kind != kind or (tokens and self.word not in tokens):
            wanted = " or ".join(tokens) or f"a {kind}"
            raise GateError(f"{wanted} is missing before '{self.word or 'the end'}'")
        return self.step()

    def any_of(self) -> Gate:
        parts = [self.every_of()]
        while self.kind == "word" and self.word == "OR":
            self.step()
            parts.append(self.every_of())
        return either(*parts)

    def every_of(self) -> Gate:
        parts = [self.one()]
        while self.kind == "word" and self.word == "AND":
            self.step()
            parts.append(self.one())
        return every(*parts)

    def one(self) -> Gate:
        if self.kind == "sign" and self.word == "(":
            self.step()
            inner = self.any_of()
            self.take("sign", ")")
            return inner
        if self.kind == "program":
            return self.of_programs()
        column = self.take("name")
        if self.kind == "sign":
            negated = self.take("sign", "=", "<>") == "<>"
            return Compared(column, (self.take("code").strip("'"),), negated)
        word = self.take("word", "IN", "NOT", "BETWEEN", "IS")
        if word == "BETWEEN":
            low = self.take("code")
            self.take("word", "AND")
            return Between(column, int(low), int(self.take("code")))
        if word == "IS":
            negated = self.kind == "word" and self.word == "NOT"
            if negated:
                self.step()
            self.take("word", "NULL")
            return Blank(column, negated)
        if word == "NOT":
            self.take("word", "IN")
        self.take("sign", "(")
        found = [self.take("code").strip("'")]
        while self.kind == "sign" and self.word == ",":
            self.step()
            found.append(self.take("code").strip("'"))
        self.take("sign", ")")
        return Compared(column, tuple(found), word == "NOT")

    def of_programs(self) -> Gate:
        """`local_program in {…}`: one of the named programs at least."""
        self.step()
        self.take("sign", "{")
        found = [self.take("name")]
        while self.kind == "sign" and self.word == ",":
            self.step()
            found.append(self.take("name"))
        self.take("sign", "}")
        return either(*(Compared(f"{LOCAL_PROGRAM}.{name}", ("1",)) for name in found))
