"""What strangers read of an app's failure: its message without the paths of this machine."""

import re

_PATH = re.compile(
    r"""
    (?P<quote>['"]) (?P<quoted>/[^'"\n]+) (?P=quote)           # as Python's own errors name files, blanks and all
    | (?<![\w/.~\])-]) (?:file://)? (?P<bare>/(?!/)[^\s'"`,;:()<>\[\]{}]+)   # never the path of a web address
    """,
    re.VERBOSE,
)
_UPLOAD = re.compile(r"/calls/\d+/in/\d+-(?P<name>[^/]+)$")
_LEAST = 2
"""So many slashes make a path: `/` and `/min` may be words."""


def public_text(text: str) -> str:
    """The text with each absolute path of two names or more cut down to its last name.

    A caller's own file keeps the name under which it was sent. Paths below a project and web addresses stay.
    """
    return _PATH.sub(_cut, text)


def _cut(found: re.Match[str]) -> str:
    quote, path = found["quote"] or "", found["quoted"] or found["bare"]
    if path.count("/") < _LEAST:
        return found[0]
    upload = _UPLOAD.search(path)
    return f"{quote}{upload['name'] if upload else path.rstrip('/').rpartition('/')[2]}{quote}"
