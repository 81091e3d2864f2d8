"""Encodings are told apart and re-encoded; the same content gives the same rows and hashes in each."""

from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources.encoding import CHUNK, copy_as_utf8

from .exports import Export, csv_bytes, opened, staged

NAMES = ("Zoë", "Núñez")  # in every one of the encodings
WIDE = ("Łukasz", "ᐊᓂᔑᓈᐯ")  # beyond Windows-1252: an Ojibwe name in syllabics


def named(first: str, last: str) -> Export:
    export = Export()
    export.row("Client").update(FirstName=first, LastName=last)
    return export


def client(path: Path) -> tuple:
    with staged(path, check=False) as result:
        assert not result.stops
        return engine.row(
            result.connection, "SELECT FirstName, LastName, _hash FROM Client WHERE PersonalID = 'C1'"
        )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str) -> None:
    plain = client(named(*NAMES).zip(tmp_path))
    assert plain[:2] == NAMES
    assert client(named(*NAMES).zip(tmp_path, encoding=encoding)) == plain


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_letters_beyond_western_europe(tmp_path: Path, encoding: str) -> None:
    assert client(named(*WIDE).zip(tmp_path, encoding=encoding))[:2] == WIDE


@pytest.mark.parametrize(
    ("encoding", "label"), [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("cp1252", "Windows-1252")]
)
def test_another_encoding_is_reported_for_its_file(tmp_path: Path, encoding: str, label: str) -> None:
    export = named(*NAMES)
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"], encoding=encoding)
    with opened(export.zip(tmp_path)) as source:
        (problem,) = source.problems
        assert (problem.check, problem.file, problem.stops) == ("not_utf8", "Client", False)
        assert label in problem.sentence
        assert source.files["Client"].encoding == label


def test_a_folder_of_another_encoding_is_left_as_it_is(tmp_path: Path) -> None:
    files = named(*NAMES).all_files(encoding="utf-16")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with opened(tmp_path) as source:
        assert source.files["Client"].path.parent == source.work
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == files


def test_damaged_utf8_stays_utf8(tmp_path: Path) -> None:
    """One broken byte among many letters with accents does not turn all of them into mojibake."""
    export = named("Zoë Núñez Ångström", "Żółć")
    content = csv_bytes("Client", export.tables["Client"]).replace(b'"Ole"', b'"Ol\x81"')
    export.files["Client.csv"] = content
    path = export.zip(tmp_path)
    with opened(path) as source:
        (problem,) = source.problems
        assert (problem.check, problem.severity) == ("characters_damaged", "error")
        assert problem.sentence.startswith("1 character(s)")
    assert client(path)[:2] == ("Zoë Núñez Ångström", "Żółć")


@pytest.mark.parametrize(("byte", "letter"), [(b"\x92", "’"), (b"\xe9", "é"), (b"\xe9\x92", "é’")])
def test_a_windows_character_in_a_utf8_file_is_that_character(
    tmp_path: Path, byte: bytes, letter: str
) -> None:
    export = named("O@Brien", "Żółć Núñez Ångström")
    content = csv_bytes("Client", export.tables["Client"]).replace(b"@", byte)
    export.files["Client.csv"] = content
    path = export.zip(tmp_path)
    with opened(path) as source:
        (problem,) = source.problems
        assert (problem.check, problem.severity, problem.line) == ("not_utf8_throughout", "warning", 2)
        assert problem.sentence.startswith(f"{len(letter)} character(s)")
    assert client(path)[:2] == (f"O{letter}Brien", "Żółć Núñez Ångström")


def test_the_first_windows_character_is_found_beyond_a_chunk(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes("é\n".encode() * CHUNK + b"O\x92Brien \x9d\n")
    text = copy_as_utf8(lambda: original.open("rb"), tmp_path / "copy")
    assert (text.encoding, text.from_cp1252, text.undecodable) == ("utf-8", 1, 1)
    assert text.first_from_cp1252_line == CHUNK + 1
    assert (tmp_path / "copy").read_text().endswith("é\nO’Brien �\n")


def test_a_letter_split_between_two_chunks(tmp_path: Path) -> None:
    original = tmp_path / "original"
    for shift in range(4):
        content = "x" * (CHUNK - shift) + "é€😀" + "\nend"
        original.write_bytes(content.encode())
        text = copy_as_utf8(lambda: original.open("rb"), tmp_path / "copy")
        assert text.is_plain
        assert (tmp_path / "copy").read_text() == content
        original.write_bytes(content.encode("utf-16"))
        copy_as_utf8(lambda: original.open("rb"), tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == content


@pytest.mark.parametrize(
    ("content", "lines", "ends"),
    [
        (b"", 0, False),
        (b"a", 1, False),
        (b"a\n", 1, True),
        (b"a\r\nb", 2, False),
        (b"a\r\nb\r\n", 2, True),
        (b"a\rb\r", 2, True),
        (b"a\rb", 2, False),
    ],
)
def test_lines_are_counted(tmp_path: Path, content: bytes, lines: int, ends: bool) -> None:
    original = tmp_path / "original"
    original.write_bytes(content)
    text = copy_as_utf8(lambda: original.open("rb"), None)
    assert (text.lines, text.ends_in_newline) == (lines, ends)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Chunks are read one at a time: no read asks for more than a chunk, whatever the size."""
    original = tmp_path / "original"
    original.write_bytes(b"line of text\n" * 400_000)
    largest = 0

    class Watched:
        def __init__(self) -> None:
            self.file = original.open("rb")

        def __enter__(self) -> "Watched":
            return self

        def __exit__(self, *_how: object) -> None:
            self.file.close()

        def read(self, count: int = -1) -> bytes:
            nonlocal largest
            assert count >= 0
            largest = max(largest, count)
            return self.file.read(count)

    copy_as_utf8(Watched, tmp_path / "copy")  # type: ignore[arg-type]
    assert largest <= CHUNK
    assert (tmp_path / "copy").read_bytes() == original.read_bytes()
