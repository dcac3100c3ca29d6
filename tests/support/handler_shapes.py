"""Shapes of handlers that people write: what is read from their source, and what a call answers."""

# ruff: noqa: E501 (a source stands on one line, as a text)

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = "(a picture)"
"""Stands in an answer for a file that is a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerShape:
    """A source; what its spec must say; a call, and its answer or what its error must say."""

    source: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Types by name, as read from the source."""
    outputs: Mapping[str, str] | None = None
    """Likewise; None: not looked at."""
    call: Mapping[str, Any] = field(default_factory=dict)
    answer: Any = None
    fails: str = ""
    warns: str = ""
    refused: str = ""
    """What the error of reading it must say."""


def _picture(expression: str, *imports: str) -> HandlerShape:
    lines = [*imports, f"PNG = {PNG!r}", "def handle(conf):", f"    return {{'p': {expression}}}  # value_type: img"]
    return HandlerShape(source="\n".join(lines), outputs={"p": "img"}, answer={"p": PICTURE}, warns="no input")


SHAPES: dict[str, HandlerShape] = {
    "the documented one": HandlerShape(
        source=(
            "def handle(conf):\n"
            "    a = conf['a']  # value_type: float # description: length\n"
            "    b = conf.get('b', 2)  # value_type: int\n"
            "    return {'sum': a + b}  # value_type: float\n"
        ),
        inputs={"a": "float", "b": "int"},
        outputs={"sum": "float"},
        call={"a": 1.5, "b": 2},
        answer={"sum": 3.5},
    ),
    "wide colons and Chinese names": HandlerShape(
        source="def handle(conf):\n    长 = conf['长']  # value_type：int # description：长度\n    return {'面积': 长 * 长}",
        inputs={"长": "int"},
        call={"长": 3},
        answer={"面积": 9},
    ),
    "params instead of conf": HandlerShape(
        source="def handle(params):\n    return {'x': params['x']}  # value_type: str",
        inputs={"x": "str"},
        call={"x": "y"},
        answer={"x": "y"},
    ),
    "typed": HandlerShape(
        source="def handle(a: int, b: float = 0.5) -> dict:\n    return {'x': a * b}",
        inputs={"a": "int", "b": "float"},
        call={"a": 4, "b": 0.5},
        answer={"x": 2.0},
    ),
    "one without a default, typed nowhere": HandlerShape(
        source=(
            'def handle(picture, weights="best.bin"):\n    """Tells the weather.\n\n    Args:\n'
            '        picture (img): a photo\n    """\n    return {"label": weights}'
        ),
        inputs={"picture": "img", "weights": "str"},
        call={"picture": "x.png", "weights": "w"},
        answer={"label": "w"},
    ),
    "several, typed nowhere, undescribed": HandlerShape(
        source="def handle(text, times=2):\n    return {'x': text * times}",
        inputs={"text": "str", "times": "int"},
        call={"text": "ab", "times": 2},
        answer={"x": "abab"},
        warns="'text'",
    ),
    "all with defaults": HandlerShape(
        source="def handle(a=1, b='x', c=True):\n    return {'x': [a, b, c]}",
        inputs={"a": "int", "b": "str", "c": "bool"},
        call={"a": 2},
        answer={"x": [2, "x", True]},
    ),
    "one input by its name, described": HandlerShape(
        source='def handle(image):\n    """Looks.\n\n    Args:\n        image (img): a photo\n    """\n    return {"x": image}',
        inputs={"image": "img"},
        call={"image": "a.png"},
        answer={"x": "a.png"},
    ),
    "a mapping and an option": HandlerShape(
        source="def handle(conf, debug=False):\n    return {'x': conf['x'], 'debug': debug}",
        inputs={"x": "str"},
        call={"x": "y"},
        answer={"x": "y", "debug": False},
    ),
    "conf with a default": HandlerShape(
        source="def handle(conf={}):\n    return {'x': conf.get('x', 5)}",
        inputs={"x": "int"},
        call={"x": 6},
        answer={"x": 6},
    ),
    "conf handed on": HandlerShape(
        source="def work(c):\n    return c['x']\ndef handle(conf):\n    return {'x': work(conf)}",
        warns="only handed on",
        call={"x": 7},
        answer={"x": 7},
    ),
    "conf handed on, named in the docstring": HandlerShape(
        source=(
            "def work(c):\n    return c['x']\ndef handle(conf):\n    \"\"\"\n    conf['x'] = value  # value_type: int\n"
            '    """\n    return {\'x\': work(conf)}'
        ),
        inputs={"x": "int"},
        call={"x": 7},
        answer={"x": 7},
    ),
    "no input at all": HandlerShape(
        source="def handle(conf):\n    return {'x': 1}", warns="no input could be read", answer={"x": 1}
    ),
    "without parameters": HandlerShape(source="def handle():\n    return {'x': 1}", answer={"x": 1}),
    "json_parser and Client": HandlerShape(
        source=(
            "from modules import Client, json_parser\nclient = Client(api_key='', project_id='')\n"
            "controller = client.controller\n"
            "def handle(conf):\n    conf = json_parser(conf)\n    return {'x': controller(int, conf['x'])}"
        ),
        inputs={"x": "str"},
        call={"x": "4"},
        answer={"x": 4},
    ),
    "the old name of the client": HandlerShape(
        source="from function.modules import json_parser, Client\ndef handle(conf):\n    return {'x': json_parser('{\"a\": 1}')['a']}",
        warns="no input",
        answer={"x": 1},
    ),
    "outputs by name": HandlerShape(
        source="def handle(conf):\n    r = {}\n    r['a'] = conf['x']\n    r['b'] = 2\n    return r",
        inputs={"x": "str"},
        outputs={"a": "str", "b": "str"},
        call={"x": "1"},
        answer={"a": "1", "b": 2},
    ),
    "an error instead of outputs": HandlerShape(
        source=(
            "def handle(conf):\n    try:\n        x = 1 / int(conf['x'])\n    except Exception as error:\n"
            "        return {'error': str(error)}\n    return {'label': 'fine', 'confidence': x}"
        ),
        inputs={"x": "str"},
        outputs={"label": "str", "confidence": "str"},
        call={"x": "0"},
        fails="handle() returned {'error': 'division by zero'} and no 'label', 'confidence'.",
    ),
    "no error this time": HandlerShape(
        source=(
            "def handle(conf):\n    if not conf['x']:\n        return {'error': 'empty'}\n    return {'label': conf['x']}"
        ),
        inputs={"x": "str"},
        call={"x": "a"},
        answer={"label": "a"},
    ),
    "an error that is empty": HandlerShape(
        source="def handle(conf):\n    return {'x': conf['x'], 'error': None}",
        inputs={"x": "str"},
        outputs={"x": "str", "error": "str"},
        call={"x": "a"},
        answer={"x": "a", "error": None},
    ),
    "an answer as JSON text": HandlerShape(
        source="import json\ndef handle(conf):\n    r = {'a': 1, 'b': [2]}\n    return json.dumps(r)",
        warns="no output",
        answer={"result": '{"a": 1, "b": [2]}'},
    ),
    "an exception": HandlerShape(
        source="def handle(conf):\n    return {'x': [][1]}",
        warns="no input",
        fails="IndexError: list index out of range",
    ),
    "sys.exit": HandlerShape(
        source="import sys\ndef handle(conf):\n    sys.exit('no')\n    return {'x': 1}",
        warns="no input",
        fails="sys.exit('no')",
    ),
    "half a character": HandlerShape(
        source="def handle(conf):\n    return {'x': '\\ud83d cut off'}",
        warns="no input",
        answer={"x": "\ufffd cut off"},
    ),
    "two halves of one character": HandlerShape(
        source="def handle(conf):\n    return {'x': '\\ud83d' + '\\ude00'}", warns="no input", answer={"x": "😀"}
    ),
    "half a character in an exception": HandlerShape(
        source="def handle(conf):\n    raise ValueError('\\ud83d cut')\n    return {'x': 1}",
        warns="no input",
        fails="ValueError: ",
    ),
    "not a number": HandlerShape(
        source="def handle(conf):\n    return {'x': float('nan'), 'y': [float('inf'), 1.5]}",
        warns="no input",
        answer={"x": None, "y": [None, 1.5]},
    ),
    "numpy": HandlerShape(
        source="import numpy as np\ndef handle(conf):\n    return {'x': np.float32(0.5), 'y': np.arange(3), 'z': np.bool_(True)}",
        warns="no input",
        answer={"x": 0.5, "y": [0, 1, 2], "z": True},
    ),
    "results is written": HandlerShape(
        source=(
            "from pathlib import Path\ndef handle(conf):\n    with open('results/out.txt', 'w') as file:\n        file.write('1')\n"
            "    return {'ok': Path('results/out.txt').read_text()}"
        ),
        warns="no input",
        answer={"ok": "1"},
    ),
    "what results held is written over": HandlerShape(
        source=(
            "from pathlib import Path\ndef handle(conf):\n    with open('results/kept.txt', 'a') as file:\n        file.write('+')\n"
            "    return {'ok': Path('results/kept.txt').read_text()}"
        ),
        warns="no input",
        answer={"ok": "kept+"},
    ),
    "a folder is made in results": HandlerShape(
        source=(
            "import os\ndef handle(conf):\n    os.makedirs('results/a/b', exist_ok=True)\n"
            "    open('./results/a/b/c.txt', 'w').close()\n    return {'ok': os.listdir('results/a/b')}"
        ),
        warns="no input",
        answer={"ok": ["c.txt"]},
    ),
    "a file beside the handler": HandlerShape(
        source="from pathlib import Path\ndef handle(conf):\n    return {'x': Path('model.txt').read_text()}",
        warns="no input",
        answer={"x": "weights"},
    ),
    "a picture as base64": _picture("PNG"),
    "a picture as data URL": _picture("'data:image/png;base64,' + PNG"),
    "a picture as base64 bytes": _picture("PNG.encode()"),
    "a picture as str of bytes": _picture("str(PNG.encode())"),
    "a picture as base64 in lines": _picture("base64.encodebytes(base64.b64decode(PNG)).decode()", "import base64"),
    "a picture as bytes": _picture("base64.b64decode(PNG)", "import base64"),
    "a picture as BytesIO": _picture("io.BytesIO(base64.b64decode(PNG))", "import base64, io"),
    "a picture by PIL": _picture("Image.new('RGB', (2, 2))", "from PIL import Image"),
    "a picture by numpy": _picture("np.zeros((2, 2, 3))", "import numpy as np"),
    "a picture by matplotlib": _picture(
        "plt.figure(figsize=(1, 1))", "import matplotlib", "matplotlib.use('agg')", "import matplotlib.pyplot as plt"
    ),
    "a picture by its path": HandlerShape(
        source=(
            "import base64\nfrom pathlib import Path\ndef handle(conf):\n"
            f"    Path('out.png').write_bytes(base64.b64decode({PNG!r}))\n"
            "    return {'p': 'out.png'}  # value_type: img"
        ),
        warns="no input",
        answer={"p": PICTURE},
    ),
    "a picture by its path in results": HandlerShape(
        source=(
            "import base64, os\ndef handle(conf):\n    path = os.path.join(os.getcwd(), 'results', 'out.png')\n"
            f"    with open(path, 'wb') as file:\n        file.write(base64.b64decode({PNG!r}))\n"
            "    return {'p': path}  # value_type: img"
        ),
        warns="no input",
        answer={"p": PICTURE},
    ),
    "a picture in a JSON text": HandlerShape(
        source=(
            f"import json\ndef handle(conf):\n    r = {{'p': {PNG!r}}}  # value_type: img\n"
            "    if conf:\n        return json.dumps(r)\n    return r"
        ),
        outputs={"p": "img"},
        warns="only handed on",
        call={"x": 1},
        answer={"p": PICTURE},
    ),
    "a picture that is none": HandlerShape(
        source="def handle(conf):\n    return {'p': 'x' * 300}  # value_type: img",
        warns="no input",
        fails="neither a file nor",
    ),
    "a picture that is nowhere": HandlerShape(
        source="def handle(conf):\n    return {'p': 'no.png'}  # value_type: img",
        warns="no input",
        fails="does not exist: 'no.png'",
    ),
    "async": HandlerShape(
        source="import asyncio\nasync def handle(conf):\n    await asyncio.sleep(0)\n    return {'x': conf['x']}",
        inputs={"x": "str"},
        call={"x": "a"},
        answer={"x": "a"},
    ),
    "a decorated one": HandlerShape(
        source=(
            "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def g(*a, **k):\n        return f(*a, **k)\n    return g\n"
            "@logged\ndef handle(conf):\n    return {'x': conf['x']}"
        ),
        inputs={"x": "str"},
        call={"x": "a"},
        answer={"x": "a"},
    ),
    "defined twice": HandlerShape(
        source="def handle(conf):\n    return {'y': conf['y']}\ndef handle(conf):\n    return {'x': conf['x']}",
        inputs={"x": "str"},
        call={"x": "a"},
        answer={"x": "a"},
    ),
    "two demanded, typed nowhere": HandlerShape(
        source="def handle(a, b):\n    return {'x': a}", refused="demands 2 arguments"
    ),
    "no handle": HandlerShape(source="def run(conf):\n    return {}", refused="no function `handle`"),
    "a syntax error": HandlerShape(source="def handle(conf):\nreturn {}", refused="expected an indented block"),
    "a method": HandlerShape(
        source="class A:\n    def handle(self, conf):\n        return {}", refused="move it out of the class"
    ),
    "a class": HandlerShape(source="class handle:\n    pass", refused="is a class"),
    "arguments by star": HandlerShape(source="def handle(**kwargs):\n    return {}", refused="declare no inputs"),
}
