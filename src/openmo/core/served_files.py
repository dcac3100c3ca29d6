"""Under which policy a browser may show a file that user code made, as a page of its own."""

_NOTHING = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_PLAYER = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'"


def file_policy(content_type: str) -> str:
    """The Content-Security-Policy: no script, no request, an origin of its own.

    Sound and film are played by the browser's own page, which asks for the file again: that page may, and is of this
    origin, else the request would be a foreign one. It runs no script either, and with `nosniff` the file is never
    taken for another kind.
    """
    return _PLAYER if content_type.startswith(("audio/", "video/")) else _NOTHING
