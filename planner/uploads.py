"""Files that people send, kept in memory and nowhere else."""

import io

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 16 * 1024 * 1024


class InMemoryUpload(FileUploadHandler):
    """Keeps a file of up to MOST_BYTES; one that is larger arrives empty, with its true size."""

    def new_file(self, *arguments: object, **options: object) -> None:
        super().new_file(*arguments, **options)
        self._kept, self._size = io.BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= MOST_BYTES:
            self._kept.write(raw_data)
        else:
            self._kept = io.BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
