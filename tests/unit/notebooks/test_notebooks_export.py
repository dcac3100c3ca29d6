"""An exported notebook runs under plain Python and says what it left out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import GENERATED_MARK, convert_notebook, export_notebook


def notebook(*cells: str, **more: Any) -> dict[str, Any]:
    code = [{"cell_type": "code", "source": cell, "outputs": [], "metadata": {}} for cell in cells]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code} | more


def script(*cells: str) -> str:
    """The converted cells alone, without head and separators."""
    source = export_notebook(notebook(*cells), "x.ipynb")
    compile(source, "x.py", "exec")
    return source.partition("# %%\n")[2].strip().replace("\n\n\n# %%\n", "\n---\n")


def run(folder: Path, *cells: str) -> str:
    """What the exported notebook prints under plain Python."""
    path = folder / "exported.py"
    path.write_text(export_notebook(notebook(*cells), "x.ipynb"), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(path)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


CONVERTED = {
    "!echo hi": '_nb_shell("echo hi")',
    "  !echo hi": '_nb_shell("echo hi")',
    "if 1:\n    !echo hi": 'if 1:\n    _nb_shell("echo hi")',
    "x = !ls": 'x = _nb_shell_lines("ls")',
    "x['a'] = !ls": "x['a'] = _nb_shell_lines(\"ls\")",
    "!ls \\\n  -a": '_nb_shell("ls -a")',
    "!!ls": 'print(_nb_shell_lines("ls"))',
    "!7zx data.zip": '_nb_shell("7zx data.zip")',
    "n = 1\n!echo {n} $n $HOME": 'n = 1\n_nb_shell(f"echo {n} {n} $HOME")',
    "n = 1\n!echo '$n' $$n": "n = 1\n_nb_shell(\"echo '$n' $n\")",
    "n = 1\n!echo {n['a']}": "n = 1\n_nb_shell(\"echo {}\".format((n['a'])))",
    "!awk '{print $1}' {unknown}": "_nb_shell(\"awk '{print $1}' {unknown}\")",
    "!find . -exec echo {} +": '_nb_shell("find . -exec echo {} +")',
    "for i in x:\n    !echo $i": 'for i in x:\n    _nb_shell(f"echo {i}")',
    "%cd data": '_nb_cd("data")',
    "%cd -q ~/data": '_nb_cd("~/data", quiet=True)',
    "%cd": "_nb_cd()",
    "%cd -": '_nb_cd("-")',
    "  \n \t\n%%sh\nls": '_nb_script("sh", "ls\\n")',
    "%env A=1 2": 'os.environ["A"] = "1 2"\nprint("env: A=" + os.environ["A"])',
    "%env A 1": 'os.environ["A"] = "1"\nprint("env: A=" + os.environ["A"])',
    "%set_env A=1": 'os.environ["A"] = "1"\nprint("env: A=" + os.environ["A"])',
    "%env A": 'print(os.environ["A"])',
    "%pwd": "print(os.getcwd())",
    "x = %pwd": "x = os.getcwd()",
    "%pip install a": '_nb_pip("install a")',
    "pip install a": '_nb_pip("install a")',
    "%ls -l": '_nb_shell("ls -l")',
    "%time f(x)": "_nb_timed(lambda: (f(x)))",
    "%time x = 1": "_nb_start = _nb_started()\nx = 1\n_nb_elapsed(_nb_start)",
    "x = %time f()": "x = _nb_timed(lambda: (f()))",
    "%timeit -n 10 -r 3 f(1)": '_nb_timeit("f(1)", globals(), number=10, repeat=3)',
    "%timeit -qo -n1 -1": '_nb_timeit("-1", globals(), number=1, quiet=True)',
    "x = %timeit -o f()": 'x = _nb_timeit("f()", globals())',
    "%%timeit -n1 y = 1\ny": '_nb_timeit("y", globals(), setup="y = 1", number=1)',
    "%run -i train.py": '_nb_run("train.py", globals(), shared=True)',
    "%run -m tool.train -v": '_nb_run("tool.train -v", globals(), module=True)',
    "%%bash --out a --err b -e\nls": 'a, b = _nb_script("bash -e", "ls\\n", keep="out err")',
    "%%script --no-raise-error false\nls": '_nb_script("false", "ls\\n", check=False)',
    "%%sh --bg --proc p\nls": 'p = _nb_script("sh", "ls\\n", wait=False)',
    "%%shell\nls": '_nb_script("bash", "ls\\n")',
    "%%capture --no-stderr kept\nx = 1": "kept = _nb_capture(err=False)\nx = 1\nkept.end()",
    "%pylab inline --no-import-all": (
        "import numpy\nimport matplotlib\nfrom matplotlib import mlab, pylab, pyplot\nnp = numpy\nplt = pyplot"
    ),
    "x = 1\nfrom __future__ import division": "x = 1\n# from __future__ import division  # moved to the top",
    "from __future__ import (\n    division,\n)": (
        "# from __future__ import (  # moved to the top\n#     division,\n# )"
    ),
    "%run train.py --epochs 3": '_nb_run("train.py --epochs 3", globals())',
    "%run train": '_nb_run("train.py", globals())',
    "%%bash\necho $HOME": '_nb_script("bash", "echo $HOME\\n")',
    "%%writefile -a x.txt\none": '_nb_write("x.txt", "one\\n", mode="a")',
    "%%time\nx = 1": "_nb_cell_start = _nb_started()\nx = 1\n_nb_elapsed(_nb_cell_start)",
    "get_ipython().system('ls')": '_nb_shell("ls")',
    "x = get_ipython().getoutput('ls')": 'x = _nb_shell_lines("ls")',
    "get_ipython().run_line_magic('cd', 'data')": '_nb_cd("data")',
    "get_ipython().run_cell_magic('bash', '', 'ls')": '_nb_script("bash", "ls\\n")',
}


@pytest.mark.parametrize(("cell", "expected"), CONVERTED.items(), ids=CONVERTED)
def test_plain_equivalents(cell: str, expected: str) -> None:
    assert script(cell) == expected


LEFT_OUT = {
    "%matplotlib inline": "savefig",
    "%load_ext autoreload": "how the notebook works",
    "%no_such_magic x": "no equivalent",
    "%run other.ipynb": "export that one too",
    "%timeit": "not plain Python",
    "%cd -2": "history",
    "?print": "help",
    "print??": "help",
    "df.head?": "help",
    "%%html\n<b>": "page inside the notebook",
    "%%R\nx <- 1": "no equivalent",
    "%%timeit\n!ls": "not plain Python",
    "def broken(:": "not valid Python",
    "return 5": "not valid Python",
    "x = 'a": "not valid Python",
    "x = 1 \\": "not valid Python",
    "a\0b": "not valid Python",
    "%%script\nx": "names no program",
    "%%bash --bg --out x\nls": "cannot be kept",
    "%%writefile\nx": "names no file",
}


@pytest.mark.parametrize(("cell", "reason"), LEFT_OUT.items(), ids=LEFT_OUT)
def test_left_out_with_the_reason(cell: str, reason: str) -> None:
    lines = script(cell).split("\n")
    assert all(line.startswith("#") for line in lines)
    assert reason in "\n".join(lines)
    export = convert_notebook(notebook("x = 1", cell), "x.ipynb")
    assert [change.cell for change in export.changes] == [2]
    assert reason in export.changes[0].what


def test_a_left_out_command_keeps_its_block_whole() -> None:
    assert script("if 1:\n    %load_ext x\ny = 2").startswith("if 1:\n    pass  # %load_ext x")
    assert script("x = %who").startswith("x = None  # x = %who")


UNTOUCHED = [
    "s = '''\n!ls\n%cd x\nwhat?\n'''",
    "x = (5\n% 3\n)",
    "x = 5 \\\n% 3",
    "x = [\n    1 !=\n    2]",
    "# !ls\n# %cd x",
    "print('%d %%' % 3)",
    "x = 1 if y else '!ls'  # why?",
    's = f"{1!r:>{3}}"',
    "%s" and "x = '%s' % 1",
]


@pytest.mark.parametrize("cell", UNTOUCHED)
def test_valid_python_is_never_touched(cell: str) -> None:
    assert script(cell) == cell
    with_command = script(f"{cell}\n!echo")
    assert with_command == f'{cell}\n_nb_shell("echo")'


def test_it_runs(tmp_path: Path) -> None:
    out = run(
        tmp_path,
        "name = 'Mo'\nprint('first')\n!echo second {name} $name",
        "lines = !printf 'a\\nb\\n'\nprint(lines)",
        "!mkdir -p sub\n%cd sub\n%pwd",
        "%env GREETING=hello\n!echo $GREETING",
        "%%writefile tool.py\nimport sys\nvalue = '''x\\n\"\"\"'''\nprint(sys.argv)",
        "%run tool.py --flag 'two words'\nprint(repr(value))",
        "%%bash\necho from bash",
        "%%time\ntotal = sum(range(10))",
        "display(total, 'shown')",
        "import asyncio\nasync def three():\n    return 3\nawaited = await three()",
        "print(awaited)",
        "from __future__ import annotations\ndef f(x: Undefined): ...",
        "!exit 3\nprint('goes on')",
    )
    lines = out.splitlines()
    assert lines[:3] == ["first", "second Mo Mo", "['a', 'b']"]
    assert lines[3:5] == [str(tmp_path / "sub")] * 2
    assert "hello" in lines
    assert "['tool.py', '--flag', 'two words']" in lines
    assert repr('x\n"""') in lines
    assert "from bash" in lines
    assert [line for line in lines if line.startswith("CPU time")]
    assert lines[-4:] == ["45", "shown", "3", "goes on"]


def test_a_failing_bash_cell_stops_the_script(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(export_notebook(notebook("%%bash\nexit 3"), "x"), encoding="utf-8")
    assert subprocess.run([sys.executable, str(path)], capture_output=True, check=False).returncode == 1


def test_other_cells_become_comments() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "text\rimport os\u2028more"]},
        {"cell_type": "raw", "source": "raw\ntext"},
        {"cell_type": "code", "source": "x = 1"},
        {"cell_type": "code", "source": " \n"},
    ]
    source = export_notebook(notebook(cells=cells), "x.ipynb")
    assert "# %% [markdown]\n# # Title\n#\n# text\n# import os\u2028more\n" in source
    assert "# %% [raw]\n# raw\n# text\n" in source
    assert source.endswith("# %%\nx = 1\n")


def test_format_3() -> None:
    old = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": ["Title"]},
                    {"cell_type": "code", "input": ["x = 1\n", "!ls"], "language": "python"},
                ]
            }
        ],
    }
    source = export_notebook(json.dumps(old), "x.ipynb")
    assert "# ## Title" in source
    assert 'x = 1\n_nb_shell("ls")' in source


OLD_FORMATS = {
    "1": {"nbformat": 1, "cells": [{"cell_type": "code", "code": "def f(x):\n    return x + 1\nprint(f(3))"}]},
    "2, lines without ends": {
        "nbformat": 2,
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": ["def f(x):", "    return x + 1", "", "print(f(3))"]}]},
            {"cells": [{"cell_type": "markdown", "source": ["a", "b"]}]},
        ],
    },
    "3, lines with ends": {
        "nbformat": 3,
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": ["def f(x):\n", "    return x + 1\n", "print(f(3))"]}]}
        ],
    },
}


@pytest.mark.parametrize("old", OLD_FORMATS.values(), ids=OLD_FORMATS)
def test_lines_of_old_formats_are_lines(old: Any) -> None:
    source = export_notebook(json.dumps(old), "x.ipynb")
    assert "# %%\ndef f(x):\n    return x + 1\n" in source
    assert source.rpartition("# %% [markdown]")[1] == "" or source.endswith("# a\n# b\n")


def test_the_name_cannot_leave_its_comment_or_choose_the_encoding() -> None:
    source = export_notebook(notebook("# coding: utf-7\nx = '+ACI-'"), "x\nimport os # coding: utf-7")
    assert source.startswith(GENERATED_MARK + "\n\n")
    namespace: dict[str, object] = {}
    exec(compile(source.encode(), "x.py", "exec"), namespace)
    assert "os" not in namespace
    assert namespace["x"] == "+ACI-"


def test_cells_that_need_each_other_are_not_joined() -> None:
    for first, second in (
        ("s = '''", "'''"),
        ("f(1,", ")"),
        ("if 1:\n    pass", "else:\n    pass"),
        ("@f", "def g(): ..."),
    ):
        source = script(first, second)
        assert "not valid Python" in source
        assert source.count("---") == 1


def test_a_late_global_says_nothing_where_all_names_are() -> None:
    assert script("x = 1", "if 1:\n    global x\nx = 2") == "x = 1\n---\nif 1:\n    pass\nx = 2"


def test_the_shell_object_under_another_name() -> None:
    source = script(
        "from IPython import get_ipython\nip = get_ipython()", "ip.system('ls')\ny = 1", "ip.colors = 1\nz = 2"
    )
    assert source.startswith("pass\nip = _nb_ipython()\n---\n")
    assert '_nb_shell("ls")\ny = 1' in source
    assert source.endswith("ip.colors = 1\nz = 2")


IPYTHON_FLAGS = {
    "x = get_ipython().config": "x = _nb_ipython().config",
    "x = 'é', get_ipython() is not None": "x = 'é', False",
    "x = hasattr(get_ipython(), 'kernel')": "x = False",
    "from IPython import get_ipython, version_info as v": "from IPython import version_info as v",
    "import IPython\nIPython.get_ipython().magic('x' + y)": "import IPython\n_nb_ipython().magic('x' + y)",
    "try:\n    get_ipython()\nexcept ImportError:\n    x = 1": (
        "try:\n    _nb_ipython()\nexcept ImportError:\n    x = 1"
    ),
}


@pytest.mark.parametrize(("cell", "expected"), IPYTHON_FLAGS.items(), ids=IPYTHON_FLAGS)
def test_what_asks_for_ipython_is_told_that_it_is_not_there(cell: str, expected: str) -> None:
    assert script(cell) == expected


def test_code_that_is_ready_for_a_python_without_ipython_stays() -> None:
    cell = "try:\n    get_ipython()\n    x = True\nexcept NameError:\n    x = False"
    assert script(cell) == cell


def test_half_a_surrogate_pair_can_still_be_saved() -> None:
    export_notebook(json.dumps(notebook("x = '\ud800'")), "x\ud800").encode()


HOSTILE: dict[str, Any] = {
    "no object": "[]",
    "no JSON": "{",
    "nested too deeply": "[" * 100_000,
    "text": '"x"',
    "no cells": "{}",
    "cells no list": {"cells": {}},
    "cell no object": {"cells": [1]},
    "source a number": {"cells": [{"cell_type": "code", "source": 3}]},
    "source of numbers": {"cells": [{"cell_type": "code", "source": [3]}]},
    "worksheet no object": {"worksheets": [1]},
    "another language": {"metadata": {"kernelspec": {"language": "R"}}, "cells": []},
    "list": [],
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_notebooks(hostile: Any) -> None:
    with pytest.raises(NotebookError) as raised:
        export_notebook(hostile, "x.ipynb")
    assert (raised.value.code, raised.value.status) == ("invalid_notebook", 422)


@pytest.mark.parametrize(
    "odd", [{"cells": []}, {"cells": [{}]}, {"cells": [{"cell_type": 3, "source": "x"}], "metadata": 3}]
)
def test_odd_but_readable(odd: Any) -> None:
    compile(export_notebook(odd, "x.ipynb"), "x.py", "exec")
