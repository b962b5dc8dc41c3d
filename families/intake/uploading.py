"""No upload is taken in when it says itself that it is too big; the page then says so, with what was typed."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from families.intake.jobs import UPLOAD_BYTES

FORM_BYTES = 64 * 1024
"""What the rest of the form may add to the file."""


def is_too_big(content_length: int) -> bool:
    """Whether a request of this length has a file that is not taken."""
    return content_length > UPLOAD_BYTES + FORM_BYTES


def announced_length(request: HttpRequest) -> int:
    """The length that the request says it has, in bytes."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


class LimitedUpload(FileUploadHandler):
    """Stands before Django's own handlers and skips the files of a request that is too big."""

    too_big = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803  # Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Looks at the announced length."""
        self.too_big = is_too_big(content_length)

    def new_file(self, *of: Any, **named: Any) -> None:
        """A file begins: it is read to its end and thrown away when there is too much."""
        if self.too_big:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The bytes go on to the next handler, which makes the file."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing of its own to give."""
