"""Shapes of notebooks that people write: their cells, and what is to be seen when they run from top to bottom.

What a shape shows is the same in a kernel and as an exported script, but where its code asks whether it runs in one,
where a display takes the place of an earlier one, and where a magic itself says something.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """Cells, what they show, and what they show in a kernel where that is something else."""

    cells: tuple[str, ...]
    shows: str
    in_kernel: str | None = None

    def notebook(self) -> dict[str, Any]:
        cells: list[dict[str, Any]] = [
            {"cell_type": "code", "source": each, "metadata": {}, "outputs": [], "execution_count": None}
            for each in self.cells
        ]
        spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
        return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 2}


def _shape(*cells: str, shows: str, in_kernel: str | None = None) -> Shape:
    return Shape(cells, shows, in_kernel)


_PYLAB = (
    "%pylab is deprecated, use %matplotlib inline and import the required libraries.\n"
    "Populating the interactive namespace from numpy and matplotlib\n"
)
SHAPES = {
    # Whether there is IPython
    "a flag for Colab": _shape("IN_COLAB = 'google.colab' in str(get_ipython())", "print(IN_COLAB)", shows="False\n"),
    "a flag by sys.modules": _shape(
        "import sys\nCOLAB = 'google.colab' in sys.modules",
        "if COLAB:\n    %cd /content",
        "print(COLAB)",
        shows="False\n",
    ),
    "Colab's drive, tried": _shape(
        "try:\n    from google.colab import drive\n    drive.mount('/content/drive')\n"
        "except ImportError:\n    root = '.'",
        "print(root)",
        shows=".\n",
    ),
    "get_ipython, tried": _shape(
        "try:\n    get_ipython()\n    inside = True\nexcept NameError:\n    inside = False",
        "print(inside)",
        shows="False\n",
        in_kernel="True\n",
    ),
    "the shell's class, in a function": _shape(
        "def where():\n    try:\n        shell = get_ipython().__class__.__name__\n"
        "        return shell == 'ZMQInteractiveShell'\n    except NameError:\n        return False",
        "print(where())",
        shows="False\n",
        in_kernel="True\n",
    ),
    "the kernel's settings": _shape(
        "from IPython import get_ipython\nif 'IPKernelApp' not in get_ipython().config:\n    print('script')\n"
        "else:\n    print('notebook')",
        shows="script\n",
        in_kernel="notebook\n",
    ),
    "a shell that may be None": _shape(
        "ip = get_ipython()\nif ip is not None:\n    ip.run_line_magic('matplotlib', 'inline')\nprint('goes on')",
        shows="goes on\n",
    ),
    "__IPYTHON__, tried": _shape(
        "try:\n    __IPYTHON__\n    print('IPython')\nexcept NameError:\n    print('Python')",
        shows="Python\n",
        in_kernel="IPython\n",
    ),
    "the shell in an expression": _shape(
        "options = {'kernel': hasattr(get_ipython(), 'kernel'), 'x': 1}\nprint(options['x'])", shows="1\n"
    ),
    "a command made up while running": _shape(
        "word = 'made up'\nget_ipython().system('echo ' + word)\nprint('done')", shows="made up\ndone\n"
    ),
    "lines made up while running": _shape(
        "word = 'made up'\nlines = get_ipython().getoutput(f'echo {word}')\nprint(lines[0])", shows="made up\n"
    ),
    "magics called by hand": _shape(
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().run_cell_magic('capture', '', 'y = 2')\n"
        "print(1)",
        shows="1\n",
    ),
    # Settings of the notebook
    "settings first": _shape(
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n"
        "%config InlineBackend.figure_format = 'retina'\nx = 1",
        "print(x)",
        shows="1\n",
    ),
    "pylab": _shape(
        "%pylab inline",
        "print(linspace(0, 1, 3), np.pi > 3)",
        shows="[0.  0.5 1. ] True\n",
        in_kernel=f"{_PYLAB}[0.  0.5 1. ] True\n",
    ),
    "pylab's modules alone": _shape(
        "%pylab inline --no-import-all",
        "print(np.arange(2), 'linspace' in globals(), plt.__name__)",
        shows="[0 1] False matplotlib.pyplot\n",
        in_kernel=f"{_PYLAB}[0 1] False matplotlib.pyplot\n",
    ),
    # Output kept, timed, shown
    "capture": _shape("%%capture cap\nprint('hidden')", "print('got', cap.stdout.strip())", shows="got hidden\n"),
    "capture without a name": _shape("%%capture\nprint('hidden')\nx = 1", "print(x)", shows="1\n"),
    "capture of a command": _shape("%%capture\n!echo hidden\nx = 2", "print(x)", shows="2\n"),
    "capture of one stream": _shape(
        "%%capture --no-stdout kept\nimport sys\nprint('seen')\nprint('kept', file=sys.stderr)",
        "print(repr(kept.stderr), repr(kept.stdout))",
        shows="seen\n'kept\\n' ''\n",
    ),
    "captured and shown again": _shape("%%capture c\nprint('once')", "c.show()", "c()", shows="once\nonce\n"),
    "timeit for a cell": _shape("%%timeit -n1 -r1 -q\nx = sum([1, 2])", "print('end')", shows="end\n"),
    "timeit with a setup": _shape("%%timeit -q -n 2 -r 2 y = 3\nassert y == 3", "print('end')", shows="end\n"),
    "timeit of a line": _shape("%timeit -q -n2 -r1 1 + 1\nprint('end')", shows="end\n"),
    "timeit's figures": _shape(
        "r = %timeit -o -q -n3 -r2 1 + 1",
        "print(r.loops, r.repeat, len(r.all_runs), r.best <= r.worst, r.average > 0)",
        shows="3 2 2 True True\n",
    ),
    "a display that changes": _shape(
        "h = display(0, display_id=True)\nh.update(1)\nprint('done')", shows="0\n1\ndone\n", in_kernel="1\ndone\n"
    ),
    "a display that changes, imported": _shape(
        "from IPython.display import clear_output, display",
        "h = display(2, display_id='a')",
        "h.update(3)\nprint(4)",
        shows="2\n3\n4\n",
        in_kernel="3\n4\n",
    ),
    "display": _shape("for i in range(2):\n    display(i)", shows="0\n1\n"),
    # Values of last lines
    "the last value": _shape("2 + 3", "print(_ * 2)", shows="5\n10\n"),
    "values by number": _shape("'a'", "x = 1\nx + 1", "print(Out[1], _2, __)", shows="'a'\n2\na 2 a\n"),
    "a value that is not shown": _shape("1 + 1;", "x = 3", "x;", "(4,\n 5)", shows="(4, 5)\n"),
    "an underscore of one's own": _shape(
        "for _ in range(3):\n    pass", "41 + 1", "a, _ = 1, 2\nprint(_)", shows="42\n2\n"
    ),
    "gettext's underscore": _shape(
        "from gettext import gettext as _", "_('text')", "print(_('text'))", shows="'text'\ntext\n"
    ),
    "values of every sort": _shape(
        "None",
        "{'b': 1, 'a': [1.5, None]}",
        "{3, 1}",
        "int",
        "'it''s'",
        "x = 5\nx, x * 2",
        "[i for i in range(3)]",
        shows="{'b': 1, 'a': [1.5, None]}\n{1, 3}\nint\n'its'\n(5, 10)\n[0, 1, 2]\n",
    ),
    "a value behind a comment": _shape("# a comment\n1 + 1  # two", shows="2\n"),
    "the value of a condition": _shape("if True:\n    5", "x = 1; x", shows="1\n"),
    "a long value": _shape("list(range(30))", shows="[" + ",\n ".join(map(str, range(30))) + "]\n"),
    "a table": _shape(
        "import numpy as np\na = np.arange(4).reshape(2, 2)\na",
        "a.sum(axis=0)",
        shows="array([[0, 1],\n       [2, 3]])\narray([2, 4])\n",
    ),
    # Commands
    "lines of a command": _shape(
        "out = !printf 'a\\nb\\n'\nprint(out.s, out.grep('a'), out.fields(0))", shows="a b ['a'] ['a', 'b']\n"
    ),
    "lines asked in other ways": _shape(
        "out = !printf 'b 10\\na 9\\nc\\n'",
        "print(out.n.count('\\n'), out.fields(1), out.sort(), out.sort(1, nums=True), out.grep('^[bc]', prune=True))",
        "print(out.fields(), out.grep('9', field=1), out[0], len(out), out.l == list(out))",
        shows="2 ['10', '9'] ['a 9', 'b 10', 'c'] ['c', 'a 9', 'b 10'] ['a 9']\n"
        "[['b', '10'], ['a', '9'], ['c']] ['a 9'] b 10 3 True\n",
    ),
    "an exit code": _shape("!exit 3", "print(_exit_code)", "!true\nprint(_exit_code)", shows="3\n0\n"),
    "commands with values": _shape(
        "name, n = 'Mo', {'k': [1, 2]}\n!echo {name} $name {n['k'][1]} end", shows="Mo Mo 2 end\n"
    ),
    "a command in a loop": _shape("for i in range(2):\n    !echo $i\nprint('end')", shows="0\n1\nend\n"),
    "a command over lines": _shape("!echo a \\\n  b", shows="a b\n"),
    "a command in a function": _shape("def f(x):\n    r = !echo {x}\n    return r[0]\nprint(f(7))", shows="7\n"),
    "a command that fails": _shape("!false\nprint('goes on')", shows="goes on\n"),
    "folders": _shape(
        "!mkdir -p sub\n%cd -q sub\nimport os\nprint(os.path.basename(os.getcwd()))",
        "%cd -q ..",
        "!ls -d sub",
        shows="sub\nsub\n",
    ),
    "a folder that is not there": _shape(
        "%cd -q /content/no/such/folder\nprint('goes on')",
        shows="[Errno 2] No such file or directory: '/content/no/such/folder'\ngoes on\n",
    ),
    "back to the folder before": _shape(
        "import os\nhome = os.getcwd()\n!mkdir -p a\n%cd -q a\n%cd -q -\nprint(os.getcwd() == home)", shows="True\n"
    ),
    "a magic that Colab has alone, tried": _shape(
        "try:\n    %tensorflow_version 2.x\nexcept Exception:\n    pass",
        "if 'google.colab' in str(get_ipython()):\n    !pip install x\nelse:\n    print('here')",
        shows="here\n",
        in_kernel="here\n",
    ),
    "a folder of Mo": _shape(
        "work_path = './'\n!mkdir -p results\nopen(work_path + 'results/a.txt', 'w').write('x')",
        "!cat results/a.txt; echo",
        shows="1\nx\n",
    ),
    "variables": _shape("%set_env GREETING=hello\n!echo $GREETING", shows="env: GREETING=hello\nhello\n"),
    # Cells in other languages
    "bash": _shape("%%bash\nfor i in 1 2; do echo $i; done", shows="1\n2\n"),
    "bash, kept": _shape(
        "%%bash --out text --err errors\necho a\necho b >&2", "print(repr(text), repr(errors))", shows="'a\\n' 'b\\n'\n"
    ),
    "bash with arguments": _shape("x = 'two'", "%%bash -s one {x}\necho $2 $1", shows="two one\n"),
    "bash that may fail": _shape("%%bash --no-raise-error\necho a\nexit 3", "print('goes on')", shows="a\ngoes on\n"),
    "a cell switched off": _shape("%%script --no-raise-error false\nx = 1", "print('x' in globals())", shows="False\n"),
    "a cell that says that it is off": _shape("%%script echo skipped\nx = 1", shows="skipped\n"),
    "a file": _shape(
        "%%writefile tool.py\nVALUE = '''x\\n\"\"\"'''",
        "import sys\nsys.path.insert(0, '.')\nimport tool\nprint(repr(tool.VALUE))",
        shows='Writing tool.py\n\'x\\n"""\'\n',
    ),
    "a file written twice": _shape(
        "%%writefile a.txt\none",
        "%%writefile a.txt\ntwo",
        "%%writefile -a a.txt\nthree",
        "print(open('a.txt').read())",
        shows="Writing a.txt\nOverwriting a.txt\nAppending to a.txt\ntwo\nthree\n\n",
    ),
    "another script": _shape(
        "%%writefile s.py\nimport sys\nprint(sys.argv)\nvalue = 7",
        "%run s.py --flag 'two words'",
        "print(value)",
        shows="Writing s.py\n['s.py', '--flag', 'two words']\n7\n",
    ),
    "another script that shares names": _shape(
        "%%writefile s.py\nz = x + 1", "x = 1\n%run -i s\nprint(z)", shows="Writing s.py\n2\n"
    ),
    # Waiting
    "a task across cells": _shape(
        "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x\nprint(await f(1))",
        "task = asyncio.create_task(f(2))",
        "print(await task)",
        shows="1\n2\n",
    ),
    "tasks before anything waits": _shape(
        "import asyncio\nasync def f(x):\n    return x * 2",
        "tasks = [asyncio.ensure_future(f(x)) for x in range(3)]",
        "print(await asyncio.gather(*tasks))",
        shows="[0, 2, 4]\n",
    ),
    "names and types in a cell that waits": _shape(
        "import asyncio\nfrom math import *\nx: int = await asyncio.sleep(0, 3)\ny: float\n"
        "def g() -> int:\n    return x",
        "print(g(), floor(2.5))",
        shows="3 2\n",
    ),
    "async for and with": _shape(
        "import contextlib\nasync def count():\n    for i in range(2):\n        yield i\n"
        "@contextlib.asynccontextmanager\nasync def opened():\n    yield 'open'",
        "async for i in count():\n    print(i)\nasync with opened() as state:\n    print(state)",
        "[i async for i in count()]",
        shows="0\n1\nopen\n[0, 1]\n",
    ),
    "the value that is waited for": _shape(
        "import asyncio\nasync def f():\n    return 'x'", "await f()", "print(_)", shows="'x'\nx\n"
    ),
    "a running loop": _shape(
        "import asyncio\nawait asyncio.sleep(0)",
        "loop = asyncio.get_running_loop()\nprint(loop.is_running())",
        "print(await loop.run_in_executor(None, lambda: 5))",
        shows="True\n5\n",
    ),
    "asyncio.run, tried": _shape(
        "import asyncio\nawait asyncio.sleep(0)\nasync def f():\n    return 1",
        "c = f()\ntry:\n    print(asyncio.run(c))\nexcept RuntimeError:\n    print(await c)",
        shows="1\n",
    ),
    # Python that is not one file's
    "a future in mid-cell": _shape(
        "x = 1\nfrom __future__ import division\nimport math", "print(math.pi > 3)", shows="True\n"
    ),
    "a future over lines": _shape(
        "x = 1",
        "'''Text'''\nfrom __future__ import (\n    annotations,\n    division)\ndef f(x: Nowhere): ...\nprint(1 / 2)",
        shows="0.5\n",
    ),
    "global where all is": _shape("x = 1", "global x\nx = 2\nprint(x)", shows="2\n"),
    "a name that changes its kind": _shape(
        "def f():\n    return 1\nprint(f())",
        "f = 2\nprint(f)",
        "class f:\n    pass\nprint(f.__name__)",
        shows="1\n2\nf\n",
    ),
    "indented as a whole": _shape("    x = 1\n    print(x)", shows="1\n"),
    "text that looks like commands": _shape(
        "s = '''\n!ls\n%cd x\nwhat?\n'''\nprint(s.count('\\n'), 5 % 3, 1 != 2)\nt = (7\n% 4)\nprint(t)",
        shows="4 2 True\n3\n",
    ),
    "the script's own name": _shape("if __name__ == '__main__':\n    print('main')", shows="main\n"),
    "recursion and classes": _shape(
        "class A:\n    n = 3\n    def f(self, k):\n        return 1 if k < 2 else k * self.f(k - 1)",
        "print(A().f(A.n))",
        shows="6\n",
    ),
    "arguments of nobody": _shape(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', type=int, default=3)\n"
        "args = p.parse_args([])\nprint(args.epochs)",
        shows="3\n",
    ),
    "text of all sorts": _shape(
        "名 = '你好 🎉'\nprint(名)", "%%bash\necho 你好", "!echo {名}", shows="你好 🎉\n你好\n你好 🎉\n"
    ),
    "blank and commented cells": _shape("", "# nothing", "   ", "print('x')", shows="x\n"),
    "questions": _shape("x = 1\nx?\n?print", "print(x)", shows="1\n"),
}
