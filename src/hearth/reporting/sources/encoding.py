"""Copy a text file of unknown encoding to UTF-8 while it streams by, in bounded memory.

UTF-8 (with or without byte order mark), UTF-16 and UTF-32 with a mark, UTF-16 without one, and
Windows-1252 are told apart. What is neither is UTF-8 with other bytes in places: each of them is the
character that it is in Windows-1252 (0x92 is ’), and is counted. The five bytes that are none there become
U+FFFD and are counted apart.
"""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1024 * 1024
_MARKS = (  # the longer marks first: UTF-32-LE begins like UTF-16-LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
}


@dataclass(slots=True)
class Text:
    """What was seen on the way. `lines` counts line ends, plus one for a last line without an end."""

    encoding: str = "utf-8"
    marked: bool = False
    lines: int = 0
    ends_in_newline: bool = False
    mixed_line_ends: bool = False
    nul_count: int = 0
    first_nul_line: int | None = None
    undecodable: int = 0
    from_cp1252: int = 0
    first_from_cp1252_line: int | None = None

    @property
    def label(self) -> str:
        """The encoding as people write it: 'Windows-1252'."""
        return _LABELS[self.encoding]

    @property
    def is_mended(self) -> bool:
        """Some bytes had to be replaced or read by another encoding."""
        return bool(self.undecodable or self.from_cp1252)

    @property
    def is_plain(self) -> bool:
        """UTF-8 without mark or damage: the original bytes can be read as they are."""
        return self.encoding == "utf-8" and not self.marked and not self.is_mended and not self.nul_count


def guess(head: bytes) -> tuple[str, int]:
    """Encoding and length of the byte order mark, from the first bytes; 'utf-8' when nothing speaks
    against it yet."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    # Text in Latin letters as UTF-16 has a zero byte beside every letter; real NUL faults are rare.
    sample = head[: len(head) // 2 * 2]
    if sample:
        half = len(sample) / 2
        if sample[1::2].count(0) > 0.7 * half:
            return "utf-16-le", 0
        if sample[0::2].count(0) > 0.7 * half:
            return "utf-16-be", 0
    return "utf-8", 0


def copy_as_utf8(
    open_original: Callable[[], IO[bytes]], target: Path | None, on_bytes: Callable[[int], None] | None = None
) -> Text:
    """Copy to `target` as UTF-8 without mark; with `target=None` only look.

    `open_original` is called again when the first guess proves wrong. `on_bytes` is told of every chunk read.
    Raises OSError (disk full) and whatever the archive raises for damaged data.
    """
    with open_original() as original:
        encoding, mark = guess(original.read(4096))
    try:
        return _copy(open_original, target, encoding, mark, "strict", on_bytes)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return _copy(open_original, target, encoding, mark, "replace", on_bytes)
        if _speaks_cp1252(open_original):
            return _copy(open_original, target, "cp1252", mark, "replace", on_bytes)
        return _copy(open_original, target, encoding, mark, _MIXED, on_bytes)


_MIXED = "hearth-windows-1252"
_mixed = threading.local()  # what the handler below saw, by the thread that decodes


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """The handler of bytes that are not UTF-8."""
    assert isinstance(error, UnicodeDecodeError)
    characters = error.object[error.start : error.end].decode("cp1252", "replace")
    if _mixed.count == 0 and characters.strip("\ufffd"):
        _mixed.lines_before = error.object.count(b"\n", 0, error.start)
    _mixed.count += len(characters) - characters.count("\ufffd")
    _mixed.undecodable += characters.count("\ufffd")
    return characters, error.end


codecs.register_error(_MIXED, _as_cp1252)


def _copy(
    open_original: Callable[[], IO[bytes]],
    target: Path | None,
    encoding: str,
    mark: int,
    errors: str,
    on_bytes: Callable[[int], None] | None,
) -> Text:
    seen = Text(encoding=encoding, marked=mark > 0)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    passes = encoding == "utf-8" and errors == "strict"  # then the bytes go on as they are
    ends = returns = 0
    last = b""
    with open_original() as original:
        original.read(mark)
        sink = target.open("wb") if target is not None else None
        try:
            while True:
                chunk = original.read(CHUNK)
                if passes and chunk.isascii() and not decoder.getstate()[0]:
                    out = chunk
                else:
                    _mixed.count = _mixed.undecodable = 0
                    decoded = decoder.decode(chunk, final=not chunk)
                    out = chunk if passes else decoded.encode("utf-8")
                    if errors == "replace":
                        seen.undecodable += decoded.count("�")
                    seen.undecodable += _mixed.undecodable
                    if _mixed.count and not seen.from_cp1252:
                        seen.first_from_cp1252_line = ends + _mixed.lines_before + 1
                    seen.from_cp1252 += _mixed.count
                if out:
                    # To look whether a byte is there takes a tenth of counting it.
                    nuls = out.count(b"\0") if b"\0" in out else 0
                    if nuls:
                        if seen.first_nul_line is None:
                            seen.first_nul_line = ends + out.count(b"\n", 0, out.index(b"\0")) + 1
                        seen.nul_count += nuls
                    ends += out.count(b"\n")
                    returns += out.count(b"\r") if b"\r" in out else 0
                    last = out[-1:]
                    if sink is not None:
                        sink.write(out)
                if on_bytes is not None and chunk:
                    on_bytes(len(chunk))
                if not chunk:
                    break
        finally:
            if sink is not None:
                sink.close()
    seen.mixed_line_ends = ends > 0 and returns not in (0, ends)
    if ends == 0:  # old Macintosh files end their lines with a carriage return alone
        ends = returns
    seen.ends_in_newline = last in (b"\n", b"\r")
    seen.lines = ends + (0 if seen.ends_in_newline or not last else 1)
    return seen


def _speaks_cp1252(open_original: Callable[[], IO[bytes]]) -> bool:
    """Whether bytes that are not UTF-8 look like Windows-1252 rather than like damaged UTF-8.

    In damaged UTF-8 most characters beyond ASCII are still well-formed; in Windows-1252 hardly any are.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = well_formed = 0
    with open_original() as original:
        while True:
            chunk = original.read(CHUNK)
            decoded = decoder.decode(chunk, final=not chunk)
            bad = decoded.count("�")
            broken += bad
            well_formed += len(decoded.encode("utf-8")) - len(decoded) - 2 * bad
            if not chunk:
                return broken > well_formed
