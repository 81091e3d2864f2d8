"""What is in a list that was taken along: its rows, and what it says it is."""

import csv
import io
import zipfile
from typing import Any


def taken(answer: Any) -> bytes:
    """The file of a download."""
    assert answer.status_code == 200, answer.text[:500]
    return b"".join(answer.streaming_content)


def csv_of(content: bytes) -> str:
    """The CSV in the zip, with the mark it begins with."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        (name,) = [one for one in zipped.namelist() if one != "about.txt"]
        assert name.endswith(".csv")
        return zipped.read(name).decode()


def lines_of(content: bytes) -> list[list[str]]:
    """The lines of the CSV, its headings first."""
    return list(csv.reader(io.StringIO(csv_of(content).removeprefix("\ufeff"), newline="")))


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of the CSV by their headings."""
    head, *lines = lines_of(content)
    return [dict(zip(head, line, strict=True)) for line in lines]


def about_of(content: bytes) -> dict[str, str]:
    """What the list says it is: of a CSV's about.txt."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        said = zipped.read("about.txt").decode("utf-8-sig")
    return dict(line.split(": ", 1) for line in said.splitlines())


def sheets_of(content: bytes) -> list[str]:
    """The two sheets of Excel: the list, and what it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]


def text_of(answer: Any) -> str:
    """Whatever an answer says, in the files of a zip as well."""
    if not answer.streaming:
        return answer.text
    content = b"".join(answer)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return "".join(zipped.read(name).decode(errors="replace") for name in zipped.namelist())
