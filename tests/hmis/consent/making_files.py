"""Small files of each kind, made by hand, and what bad people make of them."""

import struct
import zlib


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int = 3,
    height: int = 2,
    *,
    pixels: bytes | None = None,
    before_end: bytes = b"",
    interlaced: int = 0,
) -> bytes:
    """A gray picture of 8 bits."""
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height)) if pixels is None else pixels
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + before_end
        + chunk(b"IEND", b"")
    )  # fmt: skip


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(
    width: int = 8, height: int = 8, *, notes: bytes = b"", behind: bytes = b"", scans: int = 1
) -> bytes:
    """The segments of a picture; what its scans show does not matter."""
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return (
        b"\xff\xd8" + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") + notes
        + segment(0xC0, size) + scan * scans + b"\xff\xd9" + behind
    )  # fmt: skip


def stream(dictionary: bytes, data: bytes, number: int = 9) -> bytes:
    return b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        dictionary,
        len(data),
        data,
    )


def packed(dictionary: bytes, data: bytes) -> bytes:
    return stream(dictionary + b" /Filter /FlateDecode", zlib.compress(data))


def pdf(*objects: bytes, end: bytes = b"%%EOF\n") -> bytes:
    """A page with nothing on it, and more objects."""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n"
        + b"".join(objects) + b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n" + end
    )  # fmt: skip
