"""Multipart and URL-encoded bodies, parsed as they stream in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.gateway.http import Disconnected, Receive, Scope, check_length, read_body, too_large
from openmo.serving.pool import InputFile
from openmo.serving.uploads import Uploads, safe_name

if TYPE_CHECKING:  # the library defines it for type checkers alone
    from python_multipart.multipart import MultipartCallbacks

_BOUNDARY_BYTES = 70  # RFC 2046
_HEADER_COUNT, _HEADER_BYTES = 8, 2048


class Form:
    """What a form body held; repeated fields become lists."""

    def __init__(self) -> None:
        self.values: dict[str, str | list[str]] = {}
        self.files: dict[str, InputFile] = {}

    def add(self, name: str, value: str) -> None:
        before = self.values.get(name)
        if before is None:
            self.values[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            self.values[name] = [before, value]


class _Collector:
    """Takes the parser's events, one part after the other; bounded in everything that the sender chooses."""

    def __init__(self, uploads: Uploads, accepts_file: Callable[[str], bool], *, fields: int, text_bytes: int) -> None:
        self.form = Form()
        self._uploads = uploads
        self._accepts_file = accepts_file
        self._fields_left = fields
        self._text_bytes = text_bytes
        self._header = self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._text = bytearray()
        self._file: BinaryIO | None = None
        self._ended = False

    def on_part_begin(self) -> None:
        self._fields_left -= 1
        if self._fields_left < 0:
            raise InvalidInput("The form has too many parts.", errors=[])
        self._headers = {}
        self._text = bytearray()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._header_value
        self._header = self._header_value = b""

    def on_headers_finished(self) -> None:
        _kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"name" not in options:
            raise InvalidInput("A part of the form has no name.", errors=[])
        self._name = options[b"name"].decode(errors="replace")
        filename = options.get(b"filename")
        if filename is None:
            return
        if not self._accepts_file(self._name):
            raise InvalidInput(
                "Some inputs are not right.", errors=[{"name": self._name[:100], "message": "This takes no file."}]
            )
        if self._name in self.form.files:
            raise InvalidInput(
                "Some inputs are not right.", errors=[{"name": self._name[:100], "message": "Send one file only."}]
            )
        if filename:
            path, self._file = self._uploads.create()
            kind = self._headers.get(b"content-type", b"").decode(errors="replace")
            self.form.files[self._name] = InputFile(path=path, name=safe_name(filename.decode(errors="replace"), kind))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > self._text_bytes:
            raise too_large(self._text_bytes)

    def on_part_end(self) -> None:
        if self._file is not None:
            self.close()
        else:
            self.form.add(self._name, self._text.decode(errors="replace"))

    def on_end(self) -> None:
        self._ended = True

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls."""
        return {
            "on_part_begin": self.on_part_begin,
            "on_part_data": self.on_part_data,
            "on_part_end": self.on_part_end,
            "on_header_field": self.on_header_field,
            "on_header_value": self.on_header_value,
            "on_header_end": self.on_header_end,
            "on_headers_finished": self.on_headers_finished,
            "on_end": self.on_end,
        }

    def check_ended(self) -> None:
        """Raises InvalidInput for a body without its last boundary."""
        if not self._ended:
            raise InvalidInput("The multipart body ends in the middle of a part.", errors=[])

    def close(self) -> None:
        """The file being written, if any, is closed."""
        if self._file is not None:
            self._file.close()
            self._file = None


async def read_multipart(
    scope: Scope,
    receive: Receive,
    content_type: bytes,
    uploads: Uploads,
    accepts_file: Callable[[str], bool],
    *,
    limit: int,
    fields: int,
    text_bytes: int,
) -> Form:
    """The form in a multipart body; raises InvalidInput or TooLarge, and then no file of it is left."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= _BOUNDARY_BYTES:
        raise InvalidInput("The multipart body needs a boundary of 1 to 70 characters.", errors=[])
    check_length(scope, limit)
    collector = _Collector(uploads, accepts_file, fields=fields, text_bytes=text_bytes)
    parser = MultipartParser(
        boundary, collector.callbacks(), max_header_count=_HEADER_COUNT, max_header_size=_HEADER_BYTES
    )
    try:
        await _feed(receive, parser, limit)
        collector.check_ended()
    except FormParserError as error:
        discard(collector.form)
        raise InvalidInput(
            message("The multipart body is malformed: %(error)s.", error=str(error)), errors=[]
        ) from None
    except BaseException:
        discard(collector.form)
        raise
    finally:
        collector.close()
    return collector.form


async def _feed(receive: Receive, parser: MultipartParser, limit: int) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        data = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(data)
        if size > limit:
            raise too_large(limit)
        parser.write(data)


async def read_urlencoded(scope: Scope, receive: Receive, *, limit: int, fields: int) -> Form:
    """The form in a URL-encoded body."""
    body = await read_body(scope, receive, limit)
    form = Form()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=fields)
    except ValueError:
        raise InvalidInput("The form body is malformed or has too many fields.", errors=[]) from None
    for name, value in pairs:
        form.add(name, value)
    return form


def discard(form: Form) -> None:
    """The form's files are gone."""
    for file in form.files.values():
        file.path.unlink(missing_ok=True)
