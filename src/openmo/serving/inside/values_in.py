"""From validated JSON values to what a handler expects."""

import datetime as dt
import importlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def _datetime(value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _dataframe(value: Any) -> Any:
    """A pandas DataFrame where pandas is installed, else the value as it came.

    Accepted: an uploaded file (a Path), text that is JSON or CSV, {"columns": [...], "rows": [[...]]}, a list of
    records or of rows, or a mapping of columns.
    """
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return str(value) if isinstance(value, Path) else value
    if isinstance(value, Path):
        return _read_table(pandas, value)
    if isinstance(value, str):
        if not value.lstrip().startswith(("[", "{")):
            return pandas.read_csv(io.StringIO(value))
        value = json.loads(value)
    if isinstance(value, dict) and "columns" in value and "rows" in value:
        return pandas.DataFrame(value["rows"], columns=value["columns"])
    return pandas.DataFrame(value)


def _read_table(pandas: Any, path: Path) -> Any:
    readers = {".xlsx": "read_excel", ".xls": "read_excel", ".json": "read_json", ".parquet": "read_parquet"}
    if path.suffix.lower() == ".tsv":
        return pandas.read_csv(path, sep="\t")
    return getattr(pandas, readers.get(path.suffix.lower(), "read_csv"))(path)


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {"datetime": _datetime, "dataframe": _dataframe}


def converters(types: Mapping[str, str]) -> dict[str, Callable[[Any], Any]]:
    """The conversions that inputs of these types need, by input name; most need none."""
    return {name: _CONVERTERS[kind] for name, kind in types.items() if kind in _CONVERTERS}


def convert_inputs(inputs: dict[str, Any], needed: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """`inputs` with the needed conversions made in place."""
    for name, convert in needed.items():
        if inputs.get(name) is not None:
            inputs[name] = convert(inputs[name])
    return inputs
