"""From what a method returned to outputs by name, as JSON and files. Libraries are recognised, never imported here."""

import os
from pathlib import Path

from openmo.modules.trying.inside.messages import FILES, MAX_ANSWER, Answered, CallOrder
from openmo.serving.inside.files_out import store_output
from openmo.serving.inside.values_out import FILE_TYPES, WrongOutput, checked, encode, plain
from openmo.system.records import Json

_ALONE = "result"
"""What a result is called that has no name."""


class Outputs:
    """Collects the outputs of one call."""

    def __init__(self, order: CallOrder) -> None:
        self._order = order
        self._folder = Path(order.report, FILES)
        kept = (order.work, order.folder, order.report, os.environ["HOME"], os.environ["TMPDIR"])
        self._roots = tuple(os.path.realpath(each) for each in kept)
        self._values: dict[str, object] = {}
        self._files: dict[str, str] = {}
        self._types: dict[str, str] = {}

    def answer(self, result: object, seconds: float) -> Answered:
        """What is told of the result; raises WrongOutput."""
        for name, value in self._named(result).items():
            self._add(name, value)
        output = encode(self._values)
        if len(output) > MAX_ANSWER:
            raise WrongOutput(
                f"The answer has {len(output) >> 20} MiB, and {MAX_ANSWER >> 20} are the most. Return a file for more."
            )
        return Answered(output=Json(output), files=self._files, types=self._types, seconds=seconds)

    def _named(self, result: object) -> dict[str, object]:
        declared, keys = self._order.outputs, self._order.output_keys
        names = result if isinstance(result, dict) else {}
        if not declared:
            return {str(name): value for name, value in names.items()} if names else {_ALONE: result}
        found = {keys.get(str(name), str(name)): value for name, value in names.items()}
        if len(declared) == 1 and not declared.keys() & found.keys():
            only = next(iter(declared))
            if not isinstance(result, dict) or not declared[only]:
                return {only: result}
        if not isinstance(result, dict):
            names_shown = ", ".join(repr(each)[:60] for each in list(declared)[:8])
            raise WrongOutput(f"It returned a {type(result).__name__}, and not a dictionary with {names_shown}.")
        missing = [name for name in declared if name not in found and name not in self._order.optional]
        if missing:
            raise WrongOutput(f"It returned no {', '.join(repr(each)[:60] for each in missing[:8])}.")
        return {name: found[name] for name in (*(each for each in declared if each in found), *found)}

    def _add(self, name: str, value: object) -> None:
        kind = self._order.outputs.get(name, "")
        if not kind and (guessed := _file_kind(value)):
            kind = self._types[name] = guessed
        if kind in FILE_TYPES:
            path = store_output(name, kind, value, folder=self._folder, roots=self._roots)
            self._values[name] = None
            if path is not None:
                self._files[name] = path.name
        elif kind:
            self._values[name] = checked(name, kind, value, by=self._order.method)
        else:
            self._values[name] = plain(value)


def _file_kind(value: object) -> str:
    """What a value without a declared type is as a file; empty: it is none."""
    if hasattr(value, "savefig") or (hasattr(value, "save") and hasattr(value, "getbbox")):
        return "img"  # of matplotlib, of PIL
    return "file" if isinstance(value, (bytes, bytearray)) else ""
