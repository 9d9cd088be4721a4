"""The parts of a multipart/form-data body, one after another, none of them ever whole in memory.

The parser bounds the boundary and the headers of a part.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.requests import Refusal


@dataclass(frozen=True)
class _Began:
    name: str
    file_name: str | None


class _Ended:
    """The end of a part."""


class Part:
    """One part: its name, the file's name where it is a file, and its bytes, to be read before the next part."""

    def __init__(self, parts: "Parts", name: str, file_name: str | None) -> None:
        self._parts = parts
        self.name = name
        self.file_name = file_name

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they come."""
        while isinstance(event := await self._parts._next(), bytes):
            yield event
        if event is None:
            raise _broken()

    async def text(self, most: int) -> bytes:
        """The bytes at once, where they are at most so many."""
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > most:
                raise Refusal(413, f"The part {self.name[:50]} is longer than {most} bytes.", "PAYLOAD_TOO_LARGE")
        return bytes(body)


class Parts:
    """Reads the parts of a body out of its chunks."""

    def __init__(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        media, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if media != b"multipart/form-data" or not 0 < len(boundary) <= 200:
            raise Refusal(415, "Send multipart/form-data with its boundary.", "UNSUPPORTED_MEDIA_TYPE")
        self._chunks = chunks
        self._events: list[_Began | bytes | _Ended] = []
        self._field = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._is_over = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._take_field,
                "on_header_value": self._take_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._finish_headers,
                "on_part_data": lambda data, start, end: self._events.append(bytes(data[start:end])),
                "on_part_end": lambda: self._events.append(_Ended()),
                "on_end": self._end,
            },
        )

    async def part(self) -> Part | None:
        """The next part; null after the last."""
        while (event := await self._next()) is not None:
            if isinstance(event, _Began):
                return Part(self, event.name, event.file_name)
        return None

    async def _next(self) -> _Began | bytes | _Ended | None:
        while not self._events:
            if self._is_over:
                return None
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise _broken()
            try:
                self._parser.write(chunk)
            except MultipartParseError as error:
                raise _broken() from error
        return self._events.pop(0)

    def _begin(self) -> None:
        self._headers, self._field, self._value = {}, b"", b""

    def _take_field(self, data: bytes, start: int, end: int) -> None:
        self._field = self._field + data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value = self._value + data[start:end]

    def _end_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _finish_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name, file_name = options.get(b"name"), options.get(b"filename")
        if name is None:
            raise Refusal(400, "A part of the body has no name.")
        shown = None if file_name is None else file_name.decode("utf-8", "replace")
        self._events.append(_Began(name.decode("utf-8", "replace"), shown))

    def _end(self) -> None:
        self._is_over = True


def is_multipart(headers: Mapping[str, str]) -> bool:
    """Whether a request brings files with it."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data"


def _broken() -> Refusal:
    return Refusal(400, "The body is no multipart/form-data, or it ends too early.")
