"""The report of a module's trial lies where the module may write; whatever is in it is put into words."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.execution.executor import Exit, ExitKind
from openmo.modules.checking.inside.messages import Began, Done, Failed, Finished, Touched, Value
from openmo.modules.checking.outcome import Outcome, called, problems_of
from openmo.modules.checking.values import ProblemCode
from openmo.specs.values import ModuleSpec, Parameter, ValueType

SPEC = ModuleSpec(
    inputs={"run": ()},
    outputs={"run": (Parameter(name="y", value_type=ValueType.INT), Parameter(name="z", value_type=ValueType.IMG))},
)
WORDS = st.sampled_from(["", "run", "load", "y", "z", "int", "own", "network", "模块", "x" * 400, "%(name)s"])
FORMS = st.sampled_from(["dict", "int", "str", "list", "none", "other", "no form"])
RECORDS = st.one_of(
    st.builds(Began, step=WORDS),
    st.builds(Done, step=WORDS, seconds=st.floats(0, 9)),
    st.builds(
        Failed, step=WORDS, error=WORDS, text=WORDS, file=WORDS, line=st.integers(0, 9), missing=WORDS, absent=WORDS,
        trace=WORDS,
    ),
    st.builds(
        Value, step=WORDS, name=WORDS, type=WORDS, form=FORMS, elements=st.lists(WORDS, max_size=2), text=WORDS,
        is_file=st.booleans(),
    ),
    st.builds(Touched, what=WORDS, path=WORDS),
    st.builds(Finished),
)  # fmt: skip
ENDS = st.builds(
    Exit, kind=st.sampled_from(ExitKind), code=st.sampled_from([None, 0, 1]), signal=st.none(), ended_at=st.just(1.0)
)
WELL = Exit(kind=ExitKind.EXITED, code=0, ended_at=1.0)
FINISHED = Finished().encode()


@settings(deadline=None, max_examples=dose(60, 600))
@given(st.lists(RECORDS, max_size=8), ENDS, st.booleans())
@example([Finished()], WELL, True)
def test_every_record_that_can_come_is_put_into_words(records: list[Finished], end: Exit, network: bool) -> None:
    report = b"\n".join(record.encode() for record in records)
    found = list(problems_of(Outcome(exit=end, report=report, log=""), SPEC, network=network))
    assert all(each.message and each.remedy and each.file for each in found)
    finished = any(isinstance(record, Finished) for record in records)
    ended_badly = end.kind is not ExitKind.EXITED or end.code != 0 or not finished
    if ended_badly:
        assert any(isinstance(each.code, ProblemCode) for each in found)
    assert set(called(report)) <= {record.step for record in records if isinstance(record, Done)}


@settings(deadline=None, max_examples=dose(60, 600))
@given(st.binary(min_size=1, max_size=60).filter(lambda data: data.strip(b"\r\n\x0b\x0c\x1c\x1d\x1e\x85") != b""))
@example(b'{"kind":"finished"')
@example(b'{"kind":"done","step":1,"seconds":2}')
@example(b'{"kind":"value"}')
@example(b"[" * 50)
def test_a_damaged_report_is_never_taken_for_a_good_one(data: bytes) -> None:
    outcome = Outcome(exit=WELL, report=data + b"\n" + FINISHED, log="")
    codes = [each.code for each in problems_of(outcome, SPEC, network=False)]
    assert codes == [ProblemCode.ENDED_EARLY]
