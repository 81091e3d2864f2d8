"""What is taken as a PDF, JPEG or PNG, and what is refused in one sentence."""

import base64
import io
import time
import zipfile
import zlib

import pytest

from hearth.hmis.consent import file_kinds
from hearth.hmis.consent.file_kinds import (
    BOMB,
    LOCKED,
    SCRIPTED,
    TOO_LARGE,
    UNKNOWN,
    FileKind,
    NotTaken,
    checked,
)
from tests.hmis.consent.making_files import chunk, jpeg, packed, pdf, png, segment, stream

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
OBJECTS = b"/Type /ObjStm /N 1 /First 4"


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


TAKEN = {
    "png": (png(), FileKind.PNG),
    "png of lines that come in turn": (
        png(
            8,
            8,
            pixels=b"\x00"
            * sum(
                rows * (1 + columns)
                for columns, rows in ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
            ),
            interlaced=1,
        ),
        FileKind.PNG,
    ),
    "jpeg": (jpeg(), FileKind.JPEG),
    "jpeg in several scans": (jpeg(scans=3), FileKind.JPEG),
    "pdf": (pdf(), FileKind.PDF),
    "pdf with a packed page": (pdf(packed(b"", b"BT (script) Tj ET")), FileKind.PDF),
    "pdf with objects in a stream": (pdf(packed(OBJECTS, b"5 0 << /Type /Font >>")), FileKind.PDF),
    "pdf with a link": (
        pdf(b"5 0 obj << /A << /S /URI /URI (https://example.org) >> >> endobj\n"),
        FileKind.PDF,
    ),
    "pdf that opens at a page": (pdf(b"5 0 obj << /OpenAction [3 0 R /Fit] >> endobj\n"), FileKind.PDF),
    "pdf with ends of lines behind": (pdf(end=b"%%EOF\r\n\n"), FileKind.PDF),
    "pdf of an index with predictors": (
        pdf(packed(b"/Type /XRef /DecodeParms << /Columns 5 /Predictor 12 >>", b"\x02\x00\x00")),
        FileKind.PDF,
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken(name: str) -> None:
    content, kind = TAKEN[name]
    found = checked(content)
    assert (found.kind, found.content) == (kind, content)


BEHIND = {
    "a second picture, as of depth": jpeg(4, 4),
    "notes of the phone": b"\x00\x00\x01\x0a\x0e\x00\x00\x00Image_UTC_Data1SEFHk\x00SEFT",
    "zeros": b"\x00" * 40,
}


@pytest.mark.parametrize("name", BEHIND)
def test_what_phones_put_behind_a_picture_is_left_out(name: str) -> None:
    assert checked(jpeg(behind=BEHIND[name])).content == jpeg()


REFUSED = {
    # nothing that is taken
    "nothing": (b"", UNKNOWN),
    "a text": (b"hello", UNKNOWN),
    "a page": (b"<!doctype html><script>alert(1)</script>", UNKNOWN),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", UNKNOWN),
    "a gif": (b"GIF89a" + b"\x00" * 40, UNKNOWN),
    "a zip": (a_zip(), UNKNOWN),
    "a program": (b"MZ" + b"\x00" * 40, UNKNOWN),
    "a pdf with a page before it": (b"<html>" + pdf(), UNKNOWN),
    "too large": (png() + b"\x00" * (10 * 1024 * 1024), TOO_LARGE),
    # damaged, or something else at the same time
    "png with a zip behind": (png() + a_zip(), "PNG"),
    "png with a page behind": (png() + b"<script>", "PNG"),
    "png with a page in its notes": (
        png(before_end=chunk(b"tEXt", b"a\x00<script>alert(1)</script>")),
        "PNG",
    ),
    "png with a zip in its notes": (png(before_end=chunk(b"tEXt", a_zip())), "PNG"),
    "png cut off": (png()[:-20], "PNG"),
    "png with a wrong sum": (png()[:-1] + b"\x00", "PNG"),
    "png with too few pixels": (png(pixels=b"\x00\x01"), "PNG"),
    "png without a picture": (png()[:8] + chunk(b"IEND", b""), "PNG"),
    "png of no size": (png(0, 1), "PNG"),
    "png that moves": (png(before_end=chunk(b"acTL", b"\x00" * 8)), "PNG"),
    "jpeg with a zip behind": (jpeg(behind=a_zip()), "JPEG"),
    "jpeg with a pdf behind": (jpeg(behind=pdf()), "JPEG"),
    "jpeg with a page in its notes": (jpeg(notes=segment(0xFE, b"<script>alert(1)</script>")), "JPEG"),
    "jpeg with a pdf in its notes": (jpeg(notes=segment(0xFE, pdf())), "JPEG"),
    "jpeg with an archive in its notes": (jpeg(notes=segment(0xFE, b"Rar!\x1a\x07\x00")), "JPEG"),
    "jpeg with a zip in its notes": (jpeg(notes=segment(0xFE, a_zip())), "JPEG"),
    "jpeg cut off": (jpeg()[:-2], "JPEG"),
    "jpeg of a head alone": (b"\xff\xd8\xff\xe0", "JPEG"),
    "jpeg without a size": (
        b"\xff\xd8" + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00\xff\xd9",
        "JPEG",
    ),
    "pdf with a zip behind": (pdf() + a_zip(), "PDF"),
    "pdf with a zip in it": (pdf(stream(b"", a_zip())), "PDF"),
    "pdf with a page at its beginning": (pdf().replace(b"1 0 obj", b"%<html><script>\n1 0 obj", 1), "PDF"),
    "pdf cut off": (pdf()[:-12], "PDF"),
    # bombs
    "png of a huge size": (png(60_000, 60_000, pixels=b""), BOMB),
    "png that unpacks to more": (png(pixels=b"\x00" * 50_000_000), BOMB),
    "png with notes that unpack": (
        png(before_end=chunk(b"iTXt", b"k\x00\x01\x00\x00\x00" + zlib.compress(b"a" * 20_000_000))),
        BOMB,
    ),
    "jpeg of a huge size": (jpeg(65_000, 65_000), BOMB),
    "pdf with a huge picture": (pdf(packed(b"/Subtype /Image /Width 90000 /Height 90000", b"x")), BOMB),
    "pdf that unpacks": (pdf(*[packed(b"", bytes(200_000_000))] * 3), BOMB),
    # scripts and the like
    "pdf with a script": (pdf(b"5 0 obj " + SCRIPT + b" endobj\n"), SCRIPTED),
    "pdf with a script in disguise": (
        pdf(b"5 0 obj << /S /#4aava#53cript /#4a#53 (x) >> endobj\n"),
        SCRIPTED,
    ),
    "pdf with a packed script": (pdf(packed(OBJECTS, b"5 0 " + SCRIPT)), SCRIPTED),
    "pdf with a packed script in disguise": (
        pdf(packed(b"/Type /Obj#53tm /N 1 /First 4", b"5 0 << /S /J#61vaScript >>")),
        SCRIPTED,
    ),
    "pdf with a script where a page should be": (pdf(packed(b"/Length1 4", b"5 0 " + SCRIPT)), SCRIPTED),
    "pdf with a script across two pieces": (
        pdf(packed(OBJECTS, b" " * (1024 * 1024 - 5) + SCRIPT)),
        SCRIPTED,
    ),
    "pdf with objects packed twice": (
        pdf(
            stream(
                OBJECTS + b" /Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(SCRIPT))
            )
        ),
        SCRIPTED,
    ),
    "pdf with predicted objects": (
        pdf(packed(OBJECTS + b" /DecodeParms << /Predictor 12 /Columns 5 >>", b"\x02abc")),
        SCRIPTED,
    ),
    "pdf whose dictionary tells of another object": (
        pdf(stream(OBJECTS + b" /X (7 0 obj) /Filter /ASCIIHexDecode", SCRIPT.hex().encode())),
        SCRIPTED,
    ),
    "pdf that starts programs": (pdf(b"5 0 obj << /S /Launch /F (cmd.exe) >> endobj\n"), SCRIPTED),
    "pdf with a file in it": (pdf(stream(b"/Type /EmbeddedFile", b"MZ")), SCRIPTED),
    "pdf with a form that sends": (pdf(b"5 0 obj << /S /SubmitForm /F (https://x) >> endobj\n"), SCRIPTED),
    "pdf with an XFA form": (pdf(b"5 0 obj << /AcroForm << /XFA 6 0 R >> >> endobj\n"), SCRIPTED),
    "pdf with a password": (pdf(b"5 0 obj << /Encrypt 6 0 R >> endobj\n"), LOCKED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_in_one_sentence(name: str) -> None:
    content, said = REFUSED[name]
    begun = time.monotonic()
    with pytest.raises(NotTaken) as error:
        checked(content)
    text = str(error.value)
    assert text == said if len(said) > 9 else text.startswith(f"The file begins as a {said}, but is damaged")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("make", [png, jpeg, pdf])
def test_any_byte_may_be_another_one(make) -> None:
    """Whatever is wrong with a file, it is taken or refused, and nothing breaks."""
    content = make()
    for place in range(len(content)):
        for value in (0, 0xFF, content[place] ^ 1):
            changed = content[:place] + bytes([value]) + content[place + 1 :]
            for one in (changed, content[:place]):
                try:
                    checked(one)
                except NotTaken:
                    continue


def test_many_streams_are_no_way_to_stop_the_server() -> None:
    content = pdf(*[b"9 0 obj\n<< /N 1 >>\nstream\n\nendstream\nendobj\n"] * 30_000)
    begun = time.monotonic()
    with pytest.raises(NotTaken, match="unpacks"):
        checked(content)
    assert time.monotonic() - begun < 20
    assert file_kinds._MOST_STREAMS < 30_000


# ---------------------------------------------------------------- what cameras note


def exif(*entries: tuple[int, int, int], order: str = "big", more: bytes = b"") -> bytes:
    """Notes of a camera: (tag, kind, value) each."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "little" else "big")

    rows = b"".join(
        number(tag, 2) + number(kind, 2) + number(1, 4) + number(value, 2) + b"\x00\x00"
        for tag, kind, value in entries
    )
    head = (b"II" if order == "little" else b"MM") + number(42, 2) + number(8, 4)
    return segment(0xE1, b"Exif\x00\x00" + head + number(len(entries), 2) + rows + number(0, 4) + more)


PLACE = b"44.9778N 93.2650W"


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_keeps_how_it_is_turned_and_not_where_it_was_taken(order: str, turned: int) -> None:
    noted = exif((0x010F, 3, 9), (0x0112, 3, turned), (0x8825, 3, 7), order=order, more=PLACE)
    kept = checked(jpeg(notes=noted)).content
    assert PLACE not in kept
    assert kept == jpeg() if turned == 1 else kept == b"\xff\xd8" + exif((0x0112, 3, turned)) + jpeg()[2:]
    assert checked(kept).content == kept


@pytest.mark.parametrize(
    "noted",
    [
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE), segment(0xED, PLACE),
        segment(0xFE, PLACE), segment(0xE2, b"ICC_PROFILE\x00" + PLACE), segment(0xE0, b"JFXX\x00" + PLACE),
        segment(0xEF, PLACE), segment(0xEE, PLACE), segment(0xE1, b"Exif\x00\x00" + PLACE),
        segment(0xE1, b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + PLACE), exif((0x0112, 3, 9), more=PLACE),
        exif((0x0112, 4, 6), more=PLACE),
        segment(0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + PLACE),
    ],
)  # fmt: skip
def test_no_note_of_a_photo_is_kept(noted: bytes) -> None:
    assert checked(jpeg(notes=noted)).content == jpeg()


def test_what_a_photo_needs_to_be_shown_is_kept() -> None:
    adobe = segment(0xEE, b"Adobe\x00d\x00\x00\x00\x00\x01")
    assert checked(jpeg(notes=adobe, scans=2)).content == jpeg(notes=adobe, scans=2)


def test_no_note_of_a_png_is_kept_and_its_looks_are() -> None:
    notes = b"".join(chunk(name, PLACE) for name in (b"tEXt", b"eXIf", b"tIME", b"prIv"))
    notes += chunk(b"zTXt", b"T\x00\x00" + zlib.compress(PLACE))
    looks = chunk(b"pHYs", b"\x00\x00\x0b\x13\x00\x00\x0b\x13\x01")
    assert checked(png(before_end=notes + looks)).content == png(before_end=looks)
