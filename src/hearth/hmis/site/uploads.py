"""Where an uploaded file lies until a view has taken it: in scratch of the process that receives it.

Views that `takes_sealed_files` marks take small files of clients: those stay in memory and touch no disk.
"""

import io
from collections.abc import Callable
from typing import Any

from django.core.files.temp import NamedTemporaryFile
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from hearth import scratch


class ScratchUploadedFile(TemporaryUploadedFile):
    """An upload that is gone with the process, should nobody take it."""

    def __init__(
        self, name: str, content_type: str, size: int, charset: str | None, extra: dict[str, Any] | None
    ) -> None:
        file = NamedTemporaryFile(suffix=".upload", dir=scratch.of_process("uploads"))
        UploadedFile.__init__(self, file, name, content_type, size, charset, extra)


class ScratchUploadHandler(TemporaryFileUploadHandler):
    """Django's, with the file in scratch."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = ScratchUploadedFile(
            self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )


#: Of one file that is to be sealed, and of a whole request that brings some: larger ones are read to their
#: end and thrown away, so that the form can say what is wrong.
MOST_SEALED_BYTES = 10 * 1024 * 1024
MOST_SEALED_BODY = 64 * 1024 * 1024


def takes_sealed_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """View decorator: files that are sent to it stay in memory (`input_guard` sees to it)."""
    view.takes_sealed_files = True  # type: ignore[attr-defined]
    return view


class InMemoryOnlyUploadHandler(FileUploadHandler):
    """Keeps files in memory, up to two of the largest in all; of one that is too large, the size alone."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._kept = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._content, self._size = bytearray(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it; no other handler gets it."""
        self._size += len(raw_data)
        if self._size > MOST_SEALED_BYTES or self._kept + self._size > 2 * MOST_SEALED_BYTES:
            self._content.clear()
        else:
            self._content += raw_data

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file, which says its true size even where its content was thrown away."""
        is_whole = len(self._content) == self._size
        self._kept += len(self._content)
        size = self._size if is_whole else max(self._size, MOST_SEALED_BYTES + 1)
        return InMemoryUploadedFile(
            io.BytesIO(bytes(self._content)), self.field_name, self.file_name, self.content_type, size,
            self.charset, self.content_type_extra,
        )  # fmt: skip
