"""A notebook's cells for reading: no script, no live output, nothing that asks the network for anything."""

import json
from collections.abc import Iterable

from openmo.web.documents.markdown import render_markdown
from openmo.web.documents.source import highlight
from openmo.web.documents.values import Cell, Output

_CELLS_MAX = 400
_OUTPUT_MAX = 20_000
_IMAGE_MAX = 4_000_000
_IMAGES = ("image/png", "image/jpeg", "image/gif")


def notebook_cells(text: str, *, plain: bool = False) -> tuple[Cell, ...] | None:
    """The first 400 cells, `plain` without colours and links; None when the text is no notebook."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        return None
    return tuple(_cell(cell, plain=plain) for cell in cells[:_CELLS_MAX] if isinstance(cell, dict))


def _joined(value: object) -> str:
    """Notebook text is a string or a list of lines, anything else is nothing; half a character is a question mark."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _cell(cell: dict[str, object], *, plain: bool) -> Cell:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") != "code":
        return Cell(kind="markdown", html=render_markdown(source, plain=plain))
    outputs = cell.get("outputs")
    return Cell(
        kind="code",
        html=highlight(source, language="" if plain else "python"),
        outputs=tuple(_outputs(outputs if isinstance(outputs, list) else [])),
    )


def _outputs(outputs: Iterable[object]) -> Iterable[Output]:
    for output in outputs:
        if not isinstance(output, dict):
            continue
        if output.get("output_type") == "error":
            yield Output(kind="error", text=_joined(f"{output.get('ename')}: {output.get('evalue')}")[:_OUTPUT_MAX])
        elif output.get("output_type") == "stream":
            is_error = output.get("name") == "stderr"
            yield Output(kind="error" if is_error else "text", text=_joined(output.get("text"))[:_OUTPUT_MAX])
        elif isinstance(data := output.get("data"), dict):
            yield from _data(data)


def _data(data: dict[str, object]) -> Iterable[Output]:
    for media_type in _IMAGES:
        encoded = "".join(_joined(data.get(media_type)).split())
        if encoded and len(encoded) <= _IMAGE_MAX:
            yield Output(kind="image", image=f"data:{media_type};base64,{encoded}")
            return
    if text := _joined(data.get("text/plain")):
        yield Output(kind="text", text=text[:_OUTPUT_MAX])
