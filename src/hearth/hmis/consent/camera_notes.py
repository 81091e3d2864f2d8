"""What a camera or a phone writes into a picture beside it: the place, the day, the device, a small picture
of what was there before it was cropped. None of it is kept, but for how the picture is to be turned."""

_EXIF = b"Exif\x00\x00"
_ORIENTATION, _SHORT = 0x0112, 3
_UPRIGHT = 1

#: Segments of a JPEG that its decoding needs: the head of JFIF, and Adobe's, which says what its colors are.
_NEEDED = {0xE0: b"JFIF\x00", 0xEE: b"Adobe"}
#: Chunks of a PNG that say how it looks; all others that are not of the picture itself are notes.
PNG_LOOKS = frozenset({b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})


def is_note(marker: int, segment: bytes) -> bool:
    """Whether a segment of a JPEG is what a camera or a program noted: application data, or a comment."""
    if marker == 0xFE:
        return True
    return 0xE0 <= marker <= 0xEF and not segment.startswith(_NEEDED.get(marker, b"\x00no"))


def orientation(marker: int, segment: bytes) -> int | None:
    """How a note says that the picture is to be turned, 1 to 8; None where it does not say so."""
    if marker != 0xE1 or not segment.startswith(_EXIF):
        return None
    notes = segment[len(_EXIF) :]
    order = {b"II": "little", b"MM": "big"}.get(notes[:2])
    if order is None:
        return None

    def number(at: int, size: int) -> int:
        return int.from_bytes(notes[at : at + size], "little" if order == "little" else "big")

    first = number(4, 4)
    for entry in range(min(number(first, 2), 1_000)):
        at = first + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION and number(at + 2, 2) == _SHORT:
            turned = number(at + 8, 2)
            return turned if 1 <= turned <= 8 else None
    return None


def turned_note(turned: int | None) -> bytes:
    """A segment that says how to turn the picture, and nothing else; empty where it is upright."""
    if turned is None or turned == _UPRIGHT:
        return b""
    entry = _ORIENTATION.to_bytes(2) + _SHORT.to_bytes(2) + (1).to_bytes(4) + turned.to_bytes(2) + b"\x00\x00"
    notes = _EXIF + b"MM\x00*" + (8).to_bytes(4) + (1).to_bytes(2) + entry + (0).to_bytes(4)
    return b"\xff\xe1" + (len(notes) + 2).to_bytes(2) + notes
