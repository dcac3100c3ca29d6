from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openmo_lab.exports import is_replaceable, is_untouched_export, stamped, target_of

names = st.text(min_size=1).filter(lambda name: "/" not in name and name not in {".", ".."})


@given(source=st.text(), name=names)
def test_an_export_is_recognised_whatever_it_holds_and_the_notebook_is_called(source: str, name: str) -> None:
    text = stamped(source, f"folder/{name}.ipynb")
    assert is_untouched_export(text)
    assert text.endswith(source)


@given(source=st.text(), edit=st.text(min_size=1))
def test_any_edit_makes_it_the_users_own(source: str, edit: str) -> None:
    assert not is_untouched_export(stamped(source, "a.ipynb") + edit)


@given(text=st.text())
def test_the_users_own_text_is_never_taken_for_an_export(text: str) -> None:
    assert not is_untouched_export(text)


@given(name=names)
def test_the_stamp_is_one_comment_line(name: str) -> None:
    first, *rest = stamped("source", f"{name}.ipynb").splitlines()
    assert first.startswith("# Exported from ")
    assert rest == ["source"]


def test_a_file_is_replaceable_when_nothing_of_the_user_can_be_lost(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    assert is_replaceable(script)
    script.write_bytes(stamped("one\r\ntwo\n", "a.ipynb").encode())
    assert is_replaceable(script)
    script.write_bytes(b"\xff\xfe")
    assert not is_replaceable(script)
    assert not is_replaceable(tmp_path)


@pytest.mark.parametrize(("notebook", "script"), [("a.ipynb", "a.py"), ("x y/训练.v2.ipynb", "x y/训练.v2.py")])
def test_the_script_lies_beside_the_notebook(notebook: str, script: str) -> None:
    assert target_of(notebook) == script
