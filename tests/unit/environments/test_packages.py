"""What a project's packages are is read from their files, whatever those hold."""

import json

from hypothesis import given
from hypothesis import strategies as st

from openmo.environments.packages import conflicts, differences, installed, is_wanted, lock_lines, missing

LOCK = "numpy==2.3.0\nPillow==12.0\nappnope==1.0.0 ; sys_platform == 'darwin'\n"


def a_package(name: str, version: str, **more: str) -> dict[str, bytes]:
    folder = f".packages/{name.replace('-', '_')}-{version}.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nLong text\nName: not-this\n"
    return {f"{folder}/METADATA": text.encode()} | {f"{folder}/{key}": value.encode() for key, value in more.items()}


def test_packages_are_listed_as_pip_freeze_does() -> None:
    address = {"url": "https://ada:secret@example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}
    files = a_package("zope-thing", "1.0") | a_package("Humanize", "4.1") | {"a.py": b"", "sub/.packages/x": b""}
    files |= a_package("own", "0.1", **{"direct_url.json": json.dumps(address)})
    assert installed(files) == ("Humanize==4.1", "own @ git+https://example.org/x.git@abc123", "zope-thing==1.0")


def test_only_what_tells_of_packages_is_read() -> None:
    assert is_wanted("requirements.txt")
    assert is_wanted(".packages/humanize-4.1.dist-info/METADATA")
    assert not is_wanted("sub/.packages/humanize-4.1.dist-info/METADATA")
    assert not is_wanted(".packages/humanize/METADATA")


def test_requirements_are_held_against_what_is_there() -> None:
    text = """
    # comment
    numpy>=2
    numpy<2
    PILLOW
    humanize==4.1 --hash=sha256:abc
    torch>=2 ; sys_platform == 'win32'
    torchvision[all]>=0.2  # absent
    -r other.txt
    --index-url https://example.org
    git+https://example.org/x.git
    own @ https://example.org/own.whl
    ???
    torchvision[all]>=0.2
    """
    own = ("humanize==4.1", "own @ https://example.org/own.whl")
    assert missing(text, lock=LOCK, own=own) == ("numpy<2", "torchvision[all]>=0.2")
    assert missing("appnope", lock=LOCK, own=()) == ("appnope",)
    assert missing("numpy>2.3", lock=LOCK, own=("numpy==2.4",)) == ()
    assert missing("numpy[", lock=LOCK, own=()) == ()


def test_what_is_there_in_another_version_conflicts() -> None:
    wanted = "numpy<2\nPillow\nhumanize>4\nabsent"
    assert missing(wanted, lock=LOCK, own=("humanize==4.0",)) == ("numpy<2", "humanize>4", "absent")
    assert conflicts(wanted, lock=LOCK, own=("humanize==4.0",)) == ("numpy<2", "humanize>4")


def test_the_lock_is_shown_as_it_is_installed_here() -> None:
    assert lock_lines(LOCK) == ("numpy==2.3.0", "Pillow==12.0")


def test_what_differs_is_named() -> None:
    found = differences((LOCK, ("a==1", "b==1")), (LOCK.replace("12.0", "12.1"), ("b==2", "c @ https://x")))
    assert [(change.name, change.before, change.after) for change in found] == [
        ("a", "1", ""),
        ("b", "1", "2"),
        ("c", "", "https://x"),
        ("pillow", "12.0", "12.1"),
    ]


def test_a_line_nested_without_end_is_passed_over() -> None:
    deep = "a; " + "(" * 480 + "python_version > '3'" + ")" * 480
    assert missing(f"{deep}\nb", lock="", own=()) == ("b",)


@given(st.dictionaries(st.sampled_from(["METADATA", "direct_url.json"]), st.binary(max_size=300)), st.text())
def test_nothing_that_files_hold_breaks_it(files: dict[str, bytes], requirements: str) -> None:
    own = installed({f".packages/x-1.dist-info/{name}": data for name, data in files.items()})
    missing(requirements, lock=requirements, own=own)
    differences((requirements, own), (LOCK, own))
