"""What a check says of a module's files without running any of them."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from support.checked_modules import CODE, SPEC, Checks

from openmo.core.versions import Version
from openmo.modules.checking.check import PreviousRelease
from openmo.modules.checking.static import Examination, examine
from openmo.modules.checking.values import ProblemCode, WarningCode
from openmo.modules.compatibility.values import Bump


@pytest.fixture
def checks(tmp_path: Path) -> Checks:
    return Checks(tmp_path)


def examined(checks: Checks, files: Mapping[str, str], **options: object) -> Examination:
    return examine(checks.candidate(files, **options))


P, W = ProblemCode, WarningCode


@pytest.mark.parametrize(
    ("files", "code", "file", "line"),
    [
        ({"main.py": "x = 1\n"}, P.CODE_UNREADABLE, "main.py", None),
        ({"main.py": CODE + "\n)\n"}, P.CODE_UNREADABLE, "main.py", 8),
        (
            {"main.py": "class tool:\n    def run(self, conf=" + "-" * 90_000 + "1): ..."},
            P.CODE_UNREADABLE,
            "main.py",
            None,
        ),
        ({"main.py": CODE + "#" * (2 << 20)}, P.CODE_UNREADABLE, "main.py", None),
        ({"main.py": CODE + "#" * (300 << 10)}, P.CODE_UNREADABLE, "main.py", None),
        (
            {"module_spec.yml": "input:\n  run:\n    x: {value_type: int, value_range: odd}\n"},
            P.SPEC_UNREADABLE,
            "module_spec.yml",
            3,
        ),
        ({"module_spec.yml": "a: &a [1]\n" + "b: *a\n" * 100_000}, P.SPEC_UNREADABLE, "module_spec.yml", None),
        ({"module_spec.yml": SPEC.replace("run", "predict")}, P.METHOD_MISSING, "main.py", 1),
        ({"main.py": CODE.replace('conf.get("x", 2)', 'conf["z"]')}, P.INPUT_UNDECLARED, "main.py", 1),
        (
            {"requirements.txt": "numpy==2.3.0\n\n--index-url https://x\n"},
            P.REQUIREMENT_UNREADABLE,
            "requirements.txt",
            3,
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, ProblemCode) else "",
)
def test_what_is_wrong_is_told_with_its_place(
    checks: Checks, files: Mapping[str, str], code: ProblemCode, file: str, line: int | None
) -> None:
    found = examined(checks, files).problems
    assert [(each.code, each.file) for each in found] == [(code, file)]
    if line is not None:
        assert found[0].line == line
    assert all(each.message and each.remedy for each in found)


@pytest.mark.parametrize("name", ["main.py", "module_spec.yml"])
def test_a_file_that_is_missing_a_link_or_no_text(checks: Checks, name: str) -> None:
    candidate = checks.candidate({})
    path = candidate.folder / name
    path.unlink()
    missing = examine(candidate).problems
    path.symlink_to("/etc/hostname")
    link = examine(candidate).problems
    path.unlink()
    path.write_bytes(b"\xff\xfe\x00")
    binary = examine(candidate).problems
    path.unlink()
    path.mkdir()
    folder = examine(candidate).problems
    code = P.NO_CODE if name == "main.py" else P.NO_SPEC
    unreadable = P.CODE_UNREADABLE if name == "main.py" else P.SPEC_UNREADABLE
    assert [found[0].code for found in (missing, link, binary, folder)] == [code, code, unreadable, code]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"main.py": CODE.replace("class tool", "class other")}, W.CLASS_NAME),
        ({"module_spec.yml": "input: {}\n"}, W.METHOD_UNDECLARED),
        (
            {"main.py": CODE.replace('conf.get("x", 2) + 1}', 'conf.get("x", 2.5)}  # value_type: float\n')},
            None,
        ),
        ({"weights/net.pkl": "x"}, W.PICKLED_WEIGHTS),
        ({"net.PTH": "x"}, W.PICKLED_WEIGHTS),
        ({"requirements.txt": "numpy>=2 # newest\n"}, W.REQUIREMENT_UNPINNED),
        ({"requirements.txt": "numpy==2.*\n"}, W.REQUIREMENT_UNPINNED),
        ({"requirements.txt": "# tried\nnumpy==2.3.0\ntool @ https://example.org/tool.whl\n"}, None),
        ({"weights.safetensors": "x", "data.bin": "no pickle"}, None),
    ],
)
def test_what_is_worth_a_look_is_a_warning(checks: Checks, files: Mapping[str, str], code: WarningCode | None) -> None:
    found = examined(checks, files)
    assert [each.code for each in found.warnings] == ([] if code is None else [code])
    assert found.problems == []


def test_a_pickle_is_known_by_its_head_and_a_large_file_by_its_size(checks: Checks) -> None:
    candidate = checks.candidate({})
    (candidate.folder / "weights").write_bytes(b"\x80\x04\x95")
    with (candidate.folder / "data.csv").open("wb") as file:
        file.truncate(200 << 20)  # a hole: it takes no space
    found = examine(candidate)
    assert {each.code: each.file for each in found.warnings} == {W.PICKLED_WEIGHTS: "weights", W.LARGE_FILE: "data.csv"}


def test_types_that_differ_between_spec_and_code_are_told(checks: Checks) -> None:
    code = CODE.replace(
        'return {"y": conf.get("x", 2) + 1}', 'x = conf["x"]  # value_type: str\n        return {"y": 1}'
    )
    (warning,) = examined(checks, {"main.py": code}).warnings
    assert (warning.code, warning.message) == (
        W.SPEC_AND_CODE_DIFFER,
        "run: 'x' is of the type int in module_spec.yml, and str in the code.",
    )


def test_a_farm_of_links_is_not_followed(checks: Checks) -> None:
    candidate = checks.candidate({})
    for number in range(200):
        (candidate.folder / f"a{number}").symlink_to(".")
        (candidate.folder / f"b{number}").symlink_to("/")
    assert examine(candidate).problems == []


def test_folders_too_deep_are_refused(checks: Checks) -> None:
    candidate = checks.candidate({})
    folder = candidate.folder
    for _ in range(60):
        folder /= "a"
    folder.mkdir(parents=True)
    assert [each.code for each in examine(candidate).problems] == [P.TOO_MANY_FILES]


def test_a_version_must_be_as_large_as_its_changes(checks: Checks) -> None:
    previous = PreviousRelease(version=Version(1, 2, 3), spec=SPEC, source=CODE)
    breaking = {"module_spec.yml": SPEC.replace("x:", "z:"), "main.py": CODE.replace('"x"', '"z"')}
    found = examined(checks, breaking, previous=previous, version=Version(1, 3, 0))
    assert (found.bump, found.proposed) == (Bump.MAJOR, Version(2, 0, 0))
    assert [each.code for each in found.problems] == [P.VERSION_TOO_SMALL]
    assert found.problems[0].message == "1.3.0 is too small: run: the input 'x' is called 'z' now."
    assert examined(checks, breaking, previous=previous, version=Version(2, 0, 0)).problems == []
    assert examined(checks, breaking, previous=previous).problems == []  # dev, or whichever is proposed
    same = examined(checks, {}, previous=previous, version=Version(1, 2, 3))
    assert [each.code for each in same.problems] == [P.VERSION_TOO_SMALL]
    assert same.proposed == Version(1, 2, 4)
    assert examined(checks, {}).proposed == Version(0, 1, 0)


def test_a_release_that_is_no_longer_read_demands_nothing(checks: Checks) -> None:
    previous = PreviousRelease(version=Version(1, 0, 0), spec="a: [", source="x = 1")
    found = examined(checks, {}, previous=previous, version=Version(1, 1, 0))
    assert (found.problems, found.bump, found.proposed) == ([], None, Version(1, 1, 0))
