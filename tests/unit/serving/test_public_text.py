"""A stranger learns of an app's failure what went wrong, and nothing of the machine that it went wrong on."""

import pytest

from openmo.serving.public_text import public_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "OSError: cannot identify image file '/srv/my data/gateway/pool/workers/ee7d/calls/1/in/0-bad.png'",
            "OSError: cannot identify image file 'bad.png'",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/releases/ab/models/net.npz'",
            "FileNotFoundError: [Errno 2] No such file or directory: 'net.npz'",
        ),
        ("ImportError: /opt/py/lib/libx.so.1: undefined (/opt/py/a.so)", "ImportError: libx.so.1: undefined (a.so)"),
        ("see file:///data/x/notes.txt, or path=/var/lib/openmo/", "see notes.txt, or path=openmo"),
        ("a:/data/one:/data/two", "a:one:two"),
        ("PermissionError: '/home/jovyan/work/it\\'s/m.pt'", "PermissionError: 'it\\'s/m.pt'"),
    ],
)
def test_paths_are_cut_down_to_their_last_name(text: str, shown: str) -> None:
    assert public_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "ValueError: 3/4 is no whole number",
        "see https://example.org/docs/help and http://[::1]/run/a/b",
        "km/h, m/s/s, and/or, 1 / 2 / 3, './data/x.csv', ../up/there, ~/here/too",
        "the unit '/min' or the root '/'",
        "KeyError: 'x'",
    ],
)
def test_other_slashes_stay(text: str) -> None:
    assert public_text(text) == text
