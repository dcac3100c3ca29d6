"""Relative links of a document among files: they lead to the files' pages, and pictures are shown."""

import html
import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

from openmo.web.documents.values import Formatted

_LINK = re.compile(r'(<a [^>]*?href="|<img [^>]*?src=")([^"]*)"')
"""In what `sanitise` gave: attributes in double quotes, with `&` and quotes escaped."""


def among_files(document: Formatted, *, files: str, raw: str, query: str = "", folder: str = "") -> Formatted:
    """The document with its relative links below `files`, its relative pictures below `raw`.

    Args:
        document: Safe HTML of a text that lies among the files.
        files: The address below which each file has its page.
        raw: The address below which each file is as it is.
        query: Of those addresses, such as `?version=1.0.0`.
        folder: The folder that the document lies in.
    """

    def led(found: re.Match[str]) -> str:
        target = _target(html.unescape(found[2]), folder)
        if target is None:
            return found[0]
        path, fragment = target
        base = raw if found[1].startswith("<img") else files
        address = f"{base}/{quote(path)}{query}{f'#{quote(fragment)}' if fragment else ''}"
        return f'{found[1]}{html.escape(address)}"'

    return Formatted(html=_LINK.sub(led, document.html), cells=document.cells, plain=document.plain)


def _target(link: str, folder: str) -> tuple[str, str] | None:
    """The path among the files, and the fragment; None for what is no relative link, or leads out."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "\\")):
        return None
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    if path.startswith("..") or "\0" in path:
        return None
    return ("" if path == "." else path), parts.fragment
