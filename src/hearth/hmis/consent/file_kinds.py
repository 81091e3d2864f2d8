"""What a file is, by its content and never by its name: PDF, JPEG or PNG, and nothing else besides.

Refused, each in one sentence: what is none of the three, is another kind of file at the same time, can run
scripts, is locked, or unpacks to far more than it shows. Only what was looked at is stored, of a picture the
picture alone (`camera_notes`). A PDF stays as it is: what is in one holds together by its places in the file.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.db import models

from hearth.hmis.consent import camera_notes
from hearth.hmis.site.uploads import MOST_SEALED_BYTES

MOST_PIXELS = 60_000_000  # the largest photos that phones take
MOST_SIDE = 20_000
MOST_PIXELS_OF_SCAN = 200_000_000  # a page in black and white, 1,200 dots an inch
MOST_UNPACKED = 256 * 1024 * 1024
MOST_UNPACKED_NOTES = 8 * 1024 * 1024
_PIECE = 64 * 1024
_STEP = 1024 * 1024


class FileKind(models.TextChoices):
    """Kinds of files: three that are taken, and the text that stands for a typed name. Values are stored and
    never change."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPEG"
    PNG = "png", "PNG"
    TEXT = "text", "Text"

    @property
    def content_type(self) -> str:
        """How browsers are told of it."""
        return {
            "pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png",
            "text": "text/plain; charset=utf-8",
        }[self.value]  # fmt: skip

    @property
    def ending(self) -> str:
        """How names of such files end."""
        return {"jpeg": "jpg", "text": "txt"}.get(self.value, self.value)


class NotTaken(ValueError):
    """The file is not taken; the text says why and what to do, and nothing of what is in it."""


TOO_LARGE = "The file is larger than 10 MB. Scan it with fewer dots an inch, or take a smaller photo."
UNKNOWN = "The file is no PDF, JPEG or PNG. Save it as one of these and choose it again."
LOCKED = "The PDF is locked with a password. Save it without one and choose it again."
SCRIPTED = "The PDF can run scripts or holds other files. Print it to a new PDF and choose that."
BOMB = "The file unpacks to far more than a page or a photo. Scan or photograph the paper again."


def _damaged(kind: FileKind) -> str:
    what = f"The file begins as a {kind.label}, but is damaged or has something else in it."
    return f"{what} Scan or save it anew."


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be stored: its kind, and its bytes, without what a phone put into a picture."""

    kind: FileKind
    content: bytes


def checked(content: bytes) -> CheckedFile:
    """The file as it may be stored. Raises NotTaken."""
    if len(content) > MOST_SEALED_BYTES:
        raise NotTaken(TOO_LARGE)
    bare = None
    if content.startswith(b"%PDF-"):
        kind = FileKind.PDF
        _check_pdf(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind = FileKind.JPEG
        content, bare = _jpeg(content)
    elif content.startswith(_PNG):
        kind = FileKind.PNG
        bare = _png(content)
    else:
        raise NotTaken(UNKNOWN)
    if _is_something_else_too(content, kind):
        raise NotTaken(_damaged(kind))
    return CheckedFile(kind, content if bare is None else bare)


# What other programs would take the same bytes for: they look at the beginning, or, for archives, anywhere.
_TAGS = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


def _is_something_else_too(content: bytes, kind: FileKind) -> bool:
    return (
        bool(_TAGS.search(content[:4096]))
        or (kind != FileKind.PDF and b"%PDF-" in content[:1024])
        or any(mark in content for mark in _ARCHIVES)
        or zipfile.is_zipfile(io.BytesIO(content))
    )


def _check_pixels(width: int, height: int, kind: FileKind) -> None:
    if not width or not height:
        raise NotTaken(_damaged(kind))
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise NotTaken(BOMB)


# --------------------------------------------------------------------------- JPEG

_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # segments that tell the size of the picture
_NEXT = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # a marker that ends the data of a scan
# What phones put behind a picture: another one (depth, brightness), or Samsung's own notes. It is left out.
_BEHIND = re.compile(rb"\xff\xd8\xff|\x00*\Z|.*SEFT\Z", re.DOTALL)


def _jpeg(content: bytes) -> tuple[bytes, bytes]:
    """The picture, without what is behind it, and then without the camera's notes too. Every segment is
    walked, so that its end is where the picture ends."""
    damaged = NotTaken(_damaged(FileKind.JPEG))
    at, sized, scanned = 2, False, False
    kept: list[bytes] = []
    turned: int | None = None
    while True:
        begin = at
        if content[at : at + 1] != b"\xff":
            raise damaged
        while content[at : at + 1] == b"\xff":
            at += 1
        marker = content[at] if at < len(content) else 0
        at += 1
        if marker == 0xD9:
            kept.append(content[begin:at])
            break
        length = int.from_bytes(content[at : at + 2])
        segment = content[at + 2 : at + length]
        if length < 2 or len(segment) != length - 2 or 0xD0 <= marker <= 0xD8:
            raise damaged
        if marker in _SIZES:
            if sized or len(segment) < 6:
                raise damaged
            sized = True
            height, width = int.from_bytes(segment[1:3]), int.from_bytes(segment[3:5])
            _check_pixels(width, height, FileKind.JPEG)
        at += length
        turned = turned or camera_notes.orientation(marker, segment)
        if not camera_notes.is_note(marker, segment):
            kept.append(content[begin:at])
        if marker == 0xDA:
            scanned = True
            found = _NEXT.search(content, at)
            if not found or not sized:
                raise damaged
            kept.append(content[at : found.start()])
            at = found.start()
    if not scanned or not _BEHIND.match(content, at):
        raise damaged
    return content[:at], b"".join([content[:2], camera_notes.turned_note(turned), *kept])


# --------------------------------------------------------------------------- PNG

_PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PACKED_NOTES = {b"zTXt", b"iTXt", b"iCCP"}


def _png(content: bytes) -> bytes:
    """The picture without notes. Chunk after chunk to the last byte; the pixels unpack to just what the head
    says."""
    damaged = NotTaken(_damaged(FileKind.PNG))
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1] != (b"IEND", b""):
        raise damaged
    head = chunks[0][1]
    width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    depth, color, interlaced = head[8], head[9], head[12]
    if color not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or interlaced > 1:
        raise damaged
    _check_pixels(width, height, FileKind.PNG)
    expected = _unpacked_size(width, height, depth * _CHANNELS[color], bool(interlaced))
    if expected > MOST_UNPACKED * 2:
        raise NotTaken(BOMB)
    if any(name == b"acTL" for name, _ in chunks):
        raise damaged  # a moving picture
    for name, data in chunks:
        if name in _PACKED_NOTES and b"\x00" in data:
            _check_notes(data)
    pixels = b"".join(data for name, data in chunks if name == b"IDAT")
    try:
        size, rest = _unpacked(pixels, expected)
    except zlib.error:
        raise damaged from None
    if size > expected:
        raise NotTaken(BOMB)
    if size < expected or rest:
        raise damaged
    needed = {b"IHDR", b"IDAT", b"IEND"} | camera_notes.PNG_LOOKS
    return _PNG + b"".join(_chunk(name, data) for name, data in chunks if name in needed)


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        check = content[at + 8 + length : at + 12 + length]
        if len(check) != 4 or zlib.crc32(name + data) != int.from_bytes(check):
            raise NotTaken(_damaged(FileKind.PNG))
        yield name, data
        at += 12 + length
        if name == b"IEND" and at != len(content):
            raise NotTaken(_damaged(FileKind.PNG))


def _unpacked_size(width: int, height: int, bits: int, interlaced: bool) -> int:
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _check_notes(data: bytes) -> None:
    """A text or color profile that is packed must not unpack to more than any is."""
    for found in re.finditer(rb"\x00(?=\x78[\x01\x5e\x9c\xda])", data):  # how packed data begins
        with suppress(zlib.error):  # it was no packed data
            if _unpacked(memoryview(data)[found.end() :], MOST_UNPACKED_NOTES)[0] > MOST_UNPACKED_NOTES:
                raise NotTaken(BOMB)


def _unpacked(
    packed: bytes | memoryview, most: int, look: Callable[[bytes], None] | None = None
) -> tuple[int, int]:
    """To how many bytes it unpacks, or a step over `most`, and how many bytes lie behind its end. `look` is
    shown all of it, in pieces that overlap. Raises zlib.error for what is not packed data to its end."""
    unpacking, size, at, before = zlib.decompressobj(), 0, 0, b""
    while not unpacking.eof:
        if at >= len(packed):
            raise zlib.error("it ends too early")
        piece = bytes(packed[at : at + _PIECE])
        at += len(piece)
        while piece and not unpacking.eof:
            out = unpacking.decompress(piece, _STEP)
            size += len(out)
            if look is not None:
                look(before + out)
                before = out[-_OVERLAP:]
            if size > most:
                return size, 0
            piece = unpacking.unconsumed_tail
    return size, len(unpacking.unused_data) + len(packed) - at


# --------------------------------------------------------------------------- PDF

# Names of what does more than show pages. `/JS` alone does nothing: each script needs the long name as well.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|Rendition|Movie|Sound)"
    rb"(?![A-Za-z0-9])|/XFA\s*(?:\[|\d+\s+\d+\s+R)"
)
_OVERLAP = 64  # longer than any of these names, written by numbers
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter of a name, written by its number
_STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
_AFTER_DICTIONARY = re.compile(rb">>(?:\s|%[^\r\n]*[\r\n])*\Z")
_DICTIONARY_BYTES = 8 * 1024
_MOST_STREAMS = 20_000
_TEXTS = re.compile(rb"\((?:[^()\\]|\\.)*\)|%[^\r\n]*", re.DOTALL)
_OBJECT = re.compile(rb"\d\s+\d+\s+obj")
_END = re.compile(rb"%%EOF[\s\x00]*\Z")
_FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode(?![A-Za-z0-9])|\[\s*/FlateDecode\s*\])")
_PREDICTED = re.compile(rb"/Predictor\s+(?!1[^\d])")
_SIDE = {side: re.compile(rb"/" + side + rb"\s+(\d{1,10})(?!\s+\d+\s+R)") for side in (b"Width", b"Height")}


def _check_pdf(content: bytes) -> None:
    if not _END.search(content, max(0, len(content) - 2048)):
        raise NotTaken(_damaged(FileKind.PDF))
    plain = _unescaped(content)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", plain):
        raise NotTaken(LOCKED)
    _look(plain)
    left = MOST_UNPACKED * 2
    for number, (dictionary, data) in enumerate(_streams(content)):
        width, height = (_side(dictionary, side) for side in (b"Width", b"Height"))
        if (
            max(width, height) > MOST_SIDE * 2
            or width * height > MOST_PIXELS_OF_SCAN
            or number > _MOST_STREAMS
        ):
            raise NotTaken(BOMB)
        is_flate = bool(_FLATE.search(dictionary))
        holds_objects = b"/ObjStm" in dictionary or re.search(rb"/First\s", dictionary)
        is_strange = (b"/Filter" in dictionary and not is_flate) or _PREDICTED.search(dictionary)
        if holds_objects and is_strange:  # packed in any way but the usual, they could not be looked at
            raise NotTaken(SCRIPTED)
        if is_flate:
            left -= _size_of_stream(data, left)
        if left < 0 or number > _MOST_STREAMS:
            raise NotTaken(BOMB)


def _look(content: bytes) -> None:
    if _ACTIVE.search(_unescaped(content)):
        raise NotTaken(SCRIPTED)


def _unescaped(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content)


def _streams(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each stream: what its dictionary says, and everything from the beginning of its data on."""
    for found in _STREAM.finditer(content):
        before = content[max(0, found.start() - _DICTIONARY_BYTES) : found.start()]
        if not _AFTER_DICTIONARY.search(before):
            continue  # the word alone
        said = _TEXTS.sub(b"", before)
        begins = [one.end() for one in _OBJECT.finditer(said)]
        if not begins:
            raise NotTaken(_damaged(FileKind.PDF))
        yield _unescaped(said[begins[-1] :]), memoryview(content)[found.end() :]


def _side(dictionary: bytes, side: bytes) -> int:
    found = _SIDE[side].search(dictionary)
    return int(found[1]) if found else 0


def _size_of_stream(data: memoryview, most: int) -> int:
    """To how many bytes it unpacks, which are looked at. What is broken shows nothing from there on."""
    seen = 0

    def look(piece: bytes) -> None:
        nonlocal seen
        seen += len(piece)
        _look(piece)

    try:
        return _unpacked(data, most, look)[0]
    except zlib.error:
        return seen
