"""A file of answers that were given elsewhere, one a line, CSV or Excel: read, with everything found.

Columns, by name and in any order: Source (the data source), PersonalID, Choice (a code of the scheme or its
words), Date, FormVersion, Language, Method; and where they are known Guardian, Witness and Until. Days are
YYYY-MM-DD or MM/DD/YYYY. A line with a fault is left out and told; the others stand.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from hearth.hmis.consent.choices import Answer, Method, of_age_on
from hearth.hmis.ui import workbooks

REQUIRED = ("Source", "PersonalID", "Choice", "Date", "FormVersion", "Language", "Method")
OPTIONAL = ("Guardian", "Witness", "Until")
MOST_BYTES = 50 * 1024 * 1024


class FileRefused(ValueError):
    """A file that is no file of answers; the text says why and what to do."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with one line (counted from 1, the header's) and what to do. Holds no client data."""

    line: int
    column: str
    said: str


@dataclass(frozen=True)
class Line:
    """One answer of the file."""

    line: int
    source: str
    person: str
    choice: str
    answer: Answer
    given_on: date
    form_version: str
    language: str
    method: Method
    guardian: str = ""
    witness: str = ""
    until: date | None = None

    def too_young(self, born: date | None) -> bool:
        """Whether somebody of that day of birth needed a guardian for this answer."""
        alone = self.answer.opens and not self.guardian and not settings.CONSENT_SCHEME.minors_may_sign
        return alone and born is not None and self.given_on < of_age_on(born)


def text_of(content: bytes) -> str:
    """A file, CSV in UTF-8 or an Excel workbook, as CSV. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused("The file is larger than 50 MB. Split it into several.")
    if content.startswith(workbooks.BEGINS):
        try:
            return workbooks.csv_of(content)
        except workbooks.UnreadableWorkbook as error:
            raise FileRefused(str(error)) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("The file is not in UTF-8. Save it as “CSV UTF-8” or as .xlsx.") from error
    if "\0" in text:
        raise FileRefused("The file is no CSV. Save the sheet as “CSV UTF-8” or as .xlsx.")
    return text


def read(content: bytes) -> tuple[list[Line], list[Finding]]:
    """The lines that can be taken and what is wrong with the others. Raises FileRefused."""
    text = text_of(content)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(header)
        lines, findings = [], []
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            found = list(_faults(header, cells, rows.line_num))
            findings += found
            if not found:
                lines.append(_line(dict(zip(header, cells, strict=True)), rows.line_num))
    except csv.Error as error:
        raise FileRefused(f"Line {rows.line_num} is no CSV. Save the sheet as “CSV UTF-8”.") from error
    return lines, findings


def _check_header(header: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in header]:
        raise FileRefused(f"The file has no column {', '.join(missing)}. Its first line names the columns.")
    if unknown := [name for name in header if name not in REQUIRED + OPTIONAL]:
        raise FileRefused(
            f"Nobody reads {len(unknown)} of the columns. Known are {', '.join(REQUIRED + OPTIONAL)}."
        )
    if len(set(header)) < len(header):
        raise FileRefused("A column is there twice. Remove one of them.")


def _faults(header: list[str], cells: list[str], line: int) -> Iterator[Finding]:
    if len(cells) != len(header):
        yield Finding(line, "", f"Has {len(cells)} cells instead of {len(header)}.")
        return
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    for name in ("Source", "PersonalID", "FormVersion"):
        if not row[name]:
            yield Finding(line, name, "Is empty. Enter it.")
    if _choice(row["Choice"]) is None:
        known = ", ".join(one.words for one in settings.CONSENT_SCHEME.answers.values())
        yield Finding(line, "Choice", f"Is none of the answers: {known}.")
    if row["Language"] not in settings.CONSENT_LANGUAGES:
        yield Finding(line, "Language", f"Is none of {', '.join(settings.CONSENT_LANGUAGES)}.")
    if _method(row["Method"]) is None:
        yield Finding(line, "Method", f"Is none of {', '.join(Method.values)}.")
    elif _method(row["Method"]) == Method.BY_WORD and not row.get("Witness"):
        yield Finding(line, "Witness", "Is empty, and the answer was given by word. Enter who heard it.")
    given_on, until = _day(row["Date"]), _day(row.get("Until", ""))
    if given_on is None:
        yield Finding(line, "Date", "Is no day. Write it as YYYY-MM-DD.")
    elif given_on > timezone.localdate():
        yield Finding(line, "Date", "Lies in the future.")
    if row.get("Until") and until is None:
        yield Finding(line, "Until", "Is no day. Write it as YYYY-MM-DD.")
    elif given_on is not None and until is not None and until <= given_on:
        yield Finding(line, "Until", "Is not after the day of the answer.")


def _line(row: dict[str, str], line: int) -> Line:
    cells: dict[str, Any] = {name: cell.strip() for name, cell in row.items()}
    choice, given_on, method = _choice(cells["Choice"]), _day(cells["Date"]), _method(cells["Method"])
    assert choice is not None and given_on is not None and method is not None  # there are no faults
    return Line(
        line=line, source=cells["Source"], person=cells["PersonalID"], choice=choice,
        answer=settings.CONSENT_SCHEME.answers[choice], given_on=given_on, form_version=cells["FormVersion"],
        language=cells["Language"], method=method, guardian=cells.get("Guardian", ""),
        witness=cells.get("Witness", ""), until=_day(cells.get("Until", "")),
    )  # fmt: skip


def _choice(cell: str) -> str | None:
    for code, answer in settings.CONSENT_SCHEME.answers.items():
        if cell.casefold() in (code.casefold(), answer.words.casefold()):
            return str(code)
    return None


def _method(cell: str) -> Method | None:
    for method in Method:
        if cell.casefold() in (str(method.value), str(method.label).casefold()):
            return method
    return None


def _day(cell: str) -> date | None:
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(cell.strip(), form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None
