"""Where an uploaded file lies until a view has taken it: in scratch of the process that receives it."""

from typing import Any

from django.core.files.temp import NamedTemporaryFile
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
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
