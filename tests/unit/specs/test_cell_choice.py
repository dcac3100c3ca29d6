"""Which cells of a notebook the handler needs."""

from hypothesis import given
from hypothesis import strategies as st

from openmo.specs.cells import CellChoice, Reason, choose_cells

CLIENT = "from modules import json_parser, Client\nclient = Client(api_key='')\nrun = client.run"


def ticked(*cells: str) -> dict[int, CellChoice]:
    return {each.index: each for each in choose_cells(cells) if each.ticked}


def test_definitions_are_followed_through_cells_imports_included() -> None:
    found = ticked(
        CLIENT,
        "import numpy as np\nimport this",
        "unrelated = 1",
        "def scale(x):\n    return np.log(x)",
        "def handle(conf):\n    return {'y': scale(conf['x'])}",
        "print(unrelated)",
    )
    assert {index: each.reason for index, each in found.items()} == {
        0: Reason.CLIENT,
        1: Reason.DEFINES,
        3: Reason.DEFINES,
        4: Reason.HANDLER,
    }
    assert found[1].needed_for == ("np",)
    assert found[3].needed_for == ("scale",)


def test_the_client_cell_stays_the_client_cell_when_the_handler_uses_it() -> None:
    found = ticked(CLIENT, "def handle(conf):\n    return {'y': run('a/b', conf)}")
    assert found[0].reason is Reason.CLIENT
    assert "run" in found[0].needed_for


def test_the_last_definition_above_counts_and_the_last_handler() -> None:
    found = ticked("k = 1", "k = 2", "def handle(conf):\n    return {'y': k}", "k = 3")
    assert sorted(found) == [1, 2]
    found = ticked("def handle(conf):\n    return {'y': 1}", "def handle(conf):\n    return {'y': 2}")
    assert sorted(found) == [1]


def test_a_definition_below_is_better_than_none() -> None:
    assert sorted(ticked("def handle(conf):\n    return {'y': k}", "k = 1")) == [0, 1]


def test_a_name_defined_from_itself_needs_the_one_before() -> None:
    assert sorted(ticked("k = 1", "other = 5", "k = k + 1", "def handle(conf):\n    return {'y': k}")) == [0, 2, 3]


def test_what_changes_an_object_in_place_is_needed_too() -> None:
    found = ticked(
        "model = Net()",
        "model.summary()",
        "model.load_weights('w.h5')",
        "labels = {}",
        "labels['a'] = 1",
        "def handle(conf):\n    return {'y': model(labels)}",
        "model.fit(1)",
    )
    assert sorted(found) == [0, 2, 3, 4, 5]
    assert found[2].reason is Reason.CHANGES
    assert found[2].needed_for == ("model",)


def test_names_inside_the_handler_are_its_own() -> None:
    assert sorted(ticked("x = 1", "def handle(conf):\n    x = 2\n    return {'y': [x for x in conf]}")) == [1]


def test_a_star_import_is_ticked_for_a_name_that_no_cell_defines() -> None:
    found = ticked("from math import *", "def handle(conf):\n    return {'y': sqrt(2)}")
    assert found[0].reason is Reason.STAR


def test_cells_that_are_no_python_are_told_and_not_ticked() -> None:
    choices = choose_cells(["def broken(:", "x = 1\0", "x" * (2 << 20), "(" * 500, "def handle(conf): return {'y': x}"])
    assert [bool(each.problem) for each in choices] == [True, True, True, True, False]
    assert [each.ticked for each in choices] == [False, False, False, False, True]


def test_without_a_handler_only_the_client_is_ticked() -> None:
    assert sorted(ticked(CLIENT, "x = 1")) == [0]
    assert choose_cells([]) == ()


@st.composite
def notebooks(draw: st.DrawFn) -> tuple[list[str], set[int]]:
    """A notebook whose cell n defines v<n> from earlier ones, and the cells that its handler needs."""
    count = draw(st.integers(1, 8))
    uses = [draw(st.sets(st.integers(0, index - 1))) if index else set() for index in range(count)]
    cells = []
    for index, used in enumerate(uses):
        total = " + ".join(["1", *(f"v{each}" for each in sorted(used))])
        form = draw(
            st.sampled_from(["v{n} = {t}", "def f{n}():\n    return {t}\nv{n} = f{n}()", "for v{n} in [{t}]: pass"])
        )
        cells.append(form.format(n=index, t=total))
    wanted = draw(st.sets(st.integers(0, count - 1)))
    handler = " + ".join(["1", *(f"v{each}" for each in sorted(wanted))])
    cells.append(f"def handle(conf):\n    return {{'y': {handler}}}")
    needed, waiting = {count}, list(wanted)
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting.extend(uses[index])
    return cells, needed


@given(notebooks())
def test_exactly_what_is_needed_is_ticked_and_it_runs(drawn: tuple[list[str], set[int]]) -> None:
    cells, needed = drawn
    assert set(ticked(*cells)) == needed
    space: dict[str, object] = {}
    for index in sorted(needed):
        exec(cells[index], space)
    assert space["handle"]({})["y"] >= 1  # type: ignore[operator]  # made by exec


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_gets_a_choice_per_cell(cells: list[str]) -> None:
    choices = choose_cells(cells)
    assert [each.index for each in choices] == list(range(len(cells)))
    assert not any(each.ticked and each.problem for each in choices)
