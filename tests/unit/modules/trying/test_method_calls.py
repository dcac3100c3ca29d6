"""Calls of a module's methods: by the real process, in the sandbox, values in and values and files out."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from support.called_modules import ANN, ModuleCalls
from support.checked_modules import module_of

from openmo.core.errors import InvalidInput, NotFound
from openmo.core.ids import AccountId
from openmo.modules.trying.values import ModuleFailed

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
SPEC = """\
input:
  run:
    x: {value_type: int, default_value: 2, value_range: 0-10}
    picture: {value_type: img, optional: true}
    when: {value_type: datetime, optional: true}
output:
  run:
    y: {value_type: int}
    seen: {value_type: str, optional: true}
    plot: {value_type: img, optional: true}
"""


@pytest.fixture
def calls(tmp_path: Path) -> ModuleCalls:
    return ModuleCalls(tmp_path)


def returning(body: str, *, result: str) -> dict[str, str]:
    return {"main.py": module_of(body).replace("{'y': y}", result), "module_spec.yml": SPEC}


def test_values_are_read_by_type_and_what_is_left_out_gets_its_default(calls: ModuleCalls) -> None:
    files = returning("print('seen', conf['x'])\ny = conf['x'] + 1", result="{'y': y}")
    answer = calls.call(files, {"x": "3"})
    assert (answer.identifier, answer.method, answer.output) == ("ada/tool/dev", "run", {"y": 4})
    assert answer.log == "seen 3\n"
    assert calls.call(files).output == {"y": 3}


def test_wrong_values_are_told_each_by_its_name_and_nothing_runs(calls: ModuleCalls) -> None:
    for values, name in (({"x": "many"}, "x"), ({"x": 11}, "x"), ({"z": 1}, "z"), ({"picture": "no file"}, "picture")):
        with pytest.raises(InvalidInput) as told:
            calls.call(returning("raise SystemExit", result="{}"), values)
        assert [each["name"] for each in told.value.wrong] == [name]


def test_a_required_value_that_is_missing_is_told(calls: ModuleCalls) -> None:
    files = returning("y = 1", result="{'y': y}") | {"module_spec.yml": SPEC.replace("default_value: 2, ", "")}
    with pytest.raises(InvalidInput, match="required"):
        calls.call(files)


def test_files_go_in_as_files_and_come_out_as_files_of_their_caller_alone(calls: ModuleCalls) -> None:
    body = "data = open(conf['picture'], 'rb').read()\ny = len(data)"
    files = returning(body, result="{'y': y, 'seen': conf['picture'], 'plot': data}")
    sent = f"data:image/png;base64,{b64encode(PNG).decode()}"
    answer = calls.call(files, {"picture": sent})
    assert answer.output == {"y": len(PNG), "seen": "inputs/0-file.png", "plot": None}
    assert answer.types["plot"] == "img"
    (file,) = answer.files
    assert (file.output, file.bytes, file.stored.content_type) == ("plot", len(PNG), "image/png")
    assert calls.calls.file(ANN, file.token).path.read_bytes() == PNG
    with pytest.raises(NotFound):
        calls.calls.file(AccountId("b" * 26), file.token)


def test_a_file_may_be_one_of_the_modules_own_examples(calls: ModuleCalls) -> None:
    files = returning("y = len(open(conf['picture']).read())", result="{'y': y}") | {"examples/a.txt": "four"}
    assert calls.call(files, {"picture": "examples/a.txt"}).output == {"y": 4}
    with pytest.raises(InvalidInput):
        calls.call(files, {"picture": "examples/../main.py"})


def test_what_no_output_declares_is_shown_all_the_same(calls: ModuleCalls) -> None:
    files = {"main.py": module_of("y = 1").replace("{'y': y}", "(1, [2.5, None], {'a': {3}})"), "module_spec.yml": ""}
    files["module_spec.yml"] = "input:\n  run: {}\n"
    assert json.loads(json.dumps(calls.call(files).output)) == {"result": [1, [2.5, None], {"a": [3]}]}


def test_a_method_that_raises_says_what_and_where(calls: ModuleCalls) -> None:
    with pytest.raises(ModuleFailed, match=r"^run failed: ValueError: too blue$") as told:
        calls.call(returning("print('before')\nraise ValueError('too blue')", result="{}"))
    fields = told.value.fields
    assert (fields["file"], fields["log"]) == ("main.py", "before\n")
    assert "raise ValueError('too blue')" in str(fields["traceback"])
    assert str(calls.root) not in str(fields["traceback"])


def test_a_result_of_another_type_is_told(calls: ModuleCalls) -> None:
    with pytest.raises(ModuleFailed, match=r"'y' should be a whole number \(int\), but run returned a str"):
        calls.call(returning("y = 'a'", result="{'y': y}"))
    with pytest.raises(ModuleFailed, match="It returned no 'y'"):
        calls.call(returning("y = 'a'", result="{'seen': y}"))
    with pytest.raises(ModuleFailed, match="The package nowhere_to_be_found is missing"):
        calls.call(returning("import nowhere_to_be_found", result="{}"))
