"""What pages show of documents that users wrote."""

import hashlib
import html
import threading
from collections import OrderedDict
from typing import Protocol

import msgspec

from openmo.web.documents.values import Document, Formatted

_CACHE_BYTES = 32 << 20
_TURN_SECONDS = 3.0
"""How long a page waits while the child formats other documents; then it shows the text as it is."""


class Formatter(Protocol):
    """Formats one document after another."""

    def format(self, document: Document) -> Formatted | None:
        """None for what takes too long."""
        ...


class DocumentRenderer:
    """Formats through `formatter`, never twice what has been formatted lately; for any number of threads."""

    def __init__(self, formatter: Formatter, *, cache_bytes: int = _CACHE_BYTES) -> None:
        self._formatter = formatter
        self._turn = threading.Lock()
        self._known = _Known(cache_bytes)

    def markdown(self, text: str) -> Formatted:
        """A README: GitHub-flavoured, code coloured, at most 400,000 characters of it."""
        return self._format(Document(form="markdown", text=text)) if text.strip() else Formatted()

    def source(self, text: str, *, name: str, numbered: bool = False) -> Formatted:
        """Code in the colours of the language that the file's name means."""
        return self._format(Document(form="source", text=text, name=name, numbered=numbered))

    def notebook(self, text: str) -> Formatted:
        """A notebook's cells; `cells` is None for what is none."""
        return self._format(Document(form="notebook", text=text))

    def _format(self, document: Document) -> Formatted:
        """`document.text` may hold halves of characters, which no page can show."""
        document = msgspec.structs.replace(document, text=document.text.encode("utf-8", "replace").decode())
        digest = _digest(document)
        if found := self._known.get(digest):
            return found
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            return _unformatted(document)
        try:
            # Meanwhile another thread may have formatted the same: a page that many open at once costs one turn.
            return self._known.get(digest) or self._known.put(digest, self._at_any_price(document))
        finally:
            self._turn.release()

    def _at_any_price(self, document: Document) -> Formatted:
        """With all its form, else with less, else as it is."""
        plain = msgspec.structs.replace(document, plain=True)
        return self._formatter.format(document) or self._formatter.format(plain) or _unformatted(document)


class _Known:
    """The latest results, as many as fit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._found: OrderedDict[bytes, tuple[Formatted, int]] = OrderedDict()
        self._bytes = 0

    def get(self, digest: bytes) -> Formatted | None:
        with self._lock:
            if (entry := self._found.get(digest)) is None:
                return None
            self._found.move_to_end(digest)
            return entry[0]

    def put(self, digest: bytes, found: Formatted) -> Formatted:
        size = _size(found)
        with self._lock:
            self._found[digest] = found, size
            self._bytes += size
            while self._bytes > self._limit:
                _, (_, gone) = self._found.popitem(last=False)
                self._bytes -= gone
        return found


def _unformatted(document: Document) -> Formatted:
    return Formatted(html=f'<pre class="hl">{html.escape(document.text)}</pre>', plain=True)


def _size(found: Formatted) -> int:
    """Characters."""
    outputs = (output for cell in found.cells or () for output in cell.outputs)
    return (
        len(found.html)
        + sum(len(cell.html) for cell in found.cells or ())
        + sum(len(output.text) + len(output.image) for output in outputs)
    )


def _digest(document: Document) -> bytes:
    digest = hashlib.sha256(msgspec.json.encode([document.form, document.name, document.numbered]))
    digest.update(document.text.encode())
    return digest.digest()
