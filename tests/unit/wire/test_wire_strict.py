"""What a child writes is the record that it should be, or a WrongMessage that says what is wrong."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openmo.system.records import Json, Record, RecordError
from openmo.wire.strict import WrongMessage, decoder


class Born(Record, tag="born"):
    name: str
    pid: int
    parent: int | None = None


class Gone(Record, tag="gone"):
    name: str
    last_words: Json
    files: dict[str, str]


class Plain(Record):
    at: float


read = decoder(Born, Gone)
read_plain = decoder(Plain)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3),
    max_leaves=8,
)
near_misses = st.fixed_dictionaries(
    {"kind": st.sampled_from(["born", "gone", "x", 1])},
    optional=dict.fromkeys(("name", "pid", "parent", "last_words", "files"), anything),
)


@given(st.binary(max_size=200) | (anything | near_misses).map(lambda value: json.dumps(value).encode()))
@example(b"[" * 200_000)
@example(b'{"kind":"gone","files":{},"name":"","last_words":' + b"[" * 200_000)
@example(b'{"kind":"born","name":"\xff","pid":1}')
@example(b'{"kind":"born","name":"x","pid":true}')
@example(b'{"kind":"gone","name":"x","files":{},"last_words":"\xff"}')
def test_any_bytes_are_a_record_or_a_wrong_message(data: bytes) -> None:
    try:
        found = read(data)
    except WrongMessage:
        return
    assert isinstance(found, Born | Gone)
    assert isinstance(found.name, str)
    if isinstance(found, Born):
        assert type(found.pid) is int
        assert found.parent is None or type(found.parent) is int
    else:
        json.loads(found.last_words)
        assert all(isinstance(each, str) for pair in found.files.items() for each in pair)


@given(st.text(), st.integers(0, 1 << 40), st.none() | st.integers(0, 9), anything)
def test_what_one_end_writes_the_other_reads(name: str, pid: int, parent: int | None, unknown: object) -> None:
    born = Born(name=name.encode("utf-8", "replace").decode(), pid=pid, parent=parent)
    assert read(born.encode()) == Born.decode(born.encode()) == born
    newer = {**json.loads(born.encode()), "of a newer version": unknown}
    assert read(json.dumps(newer).replace("NaN", "0").replace("Infinity", "0").encode()) == born


def test_a_message_says_which_field_is_wrong() -> None:
    with pytest.raises(WrongMessage, match=r"Born/Gone: .*\$\.pid"):
        read(b'{"kind":"born","name":"x","pid":"7"}')
    with pytest.raises(WrongMessage, match=r"Plain: .*`at`"):
        read_plain(b"{}")


def test_a_record_takes_its_fields_and_no_others() -> None:
    with pytest.raises(RecordError, match=r"Born lacks name, pid\."):
        Born.of_values({"kind": "born"})
    with pytest.raises(RecordError, match="has no field colour"):
        Plain.of_values({"at": 1.0, "colour": "red"})
    with pytest.raises(RecordError, match="is an object"):
        Plain.decode("[]")
    with pytest.raises(RecordError, match="This is no Born"):
        Born.decode(b'{"kind":"gone","name":"x","pid":1}')


def test_a_record_never_changes() -> None:
    plain = Plain(at=1.0)
    with pytest.raises(AttributeError):
        plain.at = 2.0  # type: ignore[misc]  # what is tested
    assert (plain, repr(plain)) == (Plain(at=1.0), "Plain(at=1.0)")
