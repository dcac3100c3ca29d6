"""Tables, series and moments of pandas: column by column, each as an array, as texts, or as plain values."""

import importlib
import sys
from typing import Any

_REMEDY = "Convert the column first, for instance with .astype(str) or .astype(float)."
_MASKED = frozenset(
    {"Float32", "Float64", "boolean", *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))}
)
_TEXT, _NONE, _NAN, _NA = range(4)  # what is where a text may be


def loaded() -> Any:
    """pandas, when this process has loaded it."""
    return sys.modules.get("pandas")


def encode(encoder: Any, value: Any) -> Any:
    """The form of a table, series, index, moment or missing value; None for anything else."""
    pd, kind = loaded(), type(value)
    if kind is pd.DataFrame:
        return _write_table(encoder, value)
    if kind is pd.Series:
        with encoder.inside("index"):
            index = _write_index(encoder, value.index)
        column = _write_column(encoder, value.array, value.dtype)
        return {"$": "series", "column": column, "index": index, "name": encoder.encode(value.name)}
    if isinstance(value, pd.Index):
        return {"$": "index", "index": _write_index(encoder, value)}
    return _write_moment(encoder, value)


def _write_moment(encoder: Any, value: Any) -> Any:
    pd, kind = loaded(), type(value)
    if value is pd.NA or value is pd.NaT:
        return {"$": "missing", "name": "NA" if value is pd.NA else "NaT"}
    if kind is pd.Timedelta:
        return {"$": "moment", "duration": True, "text": value.isoformat()}
    if kind is pd.Timestamp:
        zone = None if value.tz is None else _zone(encoder, value.tz)
        local = value if zone is None else value.tz_convert("UTC").tz_localize(None)
        return {"$": "moment", "text": local.isoformat(), "zone": zone}
    return None


def _write_table(encoder: Any, table: Any) -> Any:
    with encoder.inside("columns"):
        labels = _write_index(encoder, table.columns)
    with encoder.inside("index"):
        index = _write_index(encoder, table.index)
    columns = []
    for number, label in enumerate(table.columns):
        with encoder.inside(label):
            column = table.iloc[:, number]
            columns.append(_write_column(encoder, column.array, column.dtype))
    return {"$": "table", "labels": labels, "index": index, "columns": columns}


def _write_index(encoder: Any, index: Any) -> Any:
    pd = loaded()
    names = [encoder.encode(name) for name in index.names]
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(number) for number in range(index.nlevels)]
        return {"names": names, "levels": [_write_column(encoder, each.array, each.dtype) for each in levels]}
    if type(index) is pd.RangeIndex:
        return {"names": names, "range": [index.start, index.stop, index.step]}
    return {"names": names, "column": _write_column(encoder, index.array, index.dtype)}


def _write_column(encoder: Any, values: Any, dtype: Any) -> Any:
    """`values` is one of pandas' own arrays."""
    if hasattr(dtype, "hasobject"):
        return _write_plain(encoder, values.to_numpy())
    pd = loaded()
    if isinstance(dtype, pd.CategoricalDtype):
        codes, categories = encoder.encode(values.codes), _write_index(encoder, dtype.categories)
        return {"as": "category", "codes": codes, "categories": categories, "ordered": bool(dtype.ordered)}
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments = values.tz_convert("UTC").tz_localize(None).to_numpy()
        return {"as": "zoned", "data": encoder.encode(moments), "zone": _zone(encoder, dtype.tz)}
    if isinstance(dtype, pd.StringDtype):
        return {"as": "texts", "dtype": str(dtype).partition("[")[0], **_write_texts(encoder, values)}
    if str(dtype) in _MASKED:
        missing = values.isna()
        filled = values.to_numpy(dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return {"as": "masked", "dtype": str(dtype), "data": encoder.encode(filled), "missing": encoder.encode(missing)}
    raise encoder.refuse(f"is of the type {dtype}", _REMEDY)


def _write_plain(encoder: Any, elements: Any) -> Any:
    if not elements.dtype.hasobject:
        return {"as": "array", "data": encoder.encode(elements)}
    if all(type(each) is str or _missing(each) is not None for each in elements):
        return {"as": "texts", "dtype": "object", **_write_texts(encoder, elements)}
    return {"as": "values", "items": encoder.items(elements)}


def _zone(encoder: Any, zone: Any) -> str:
    try:
        loaded().DatetimeTZDtype(tz=str(zone))
    except Exception:  # noqa: BLE001 (each library of zones has its own)
        raise encoder.refuse(f"has the time zone {zone!r}") from None
    return str(zone)


def _missing(value: Any) -> int | None:
    if value is None:
        return _NONE
    if type(value) is float and value != value:  # noqa: PLR0124 (not a number)
        return _NAN
    return _NA if value is loaded().NA else None


def _write_texts(encoder: Any, values: Any) -> dict[str, Any]:
    np = importlib.import_module("numpy")
    kinds = bytes(_TEXT if isinstance(each, str) else (_missing(each) or _NAN) for each in values)
    data = [each.encode("utf-8", "surrogatepass") if isinstance(each, str) else b"" for each in values]
    sizes = np.array([len(each) for each in data], np.int64)
    return {"sizes": encoder.encode(sizes), "kinds": encoder.encode(kinds), "data": encoder.encode(b"".join(data))}


def _read_texts(decoder: Any, form: Any) -> list[Any]:
    sizes, kinds, data = (decoder.decode(form[part]) for part in ("sizes", "kinds", "data"))
    instead = {_NONE: None, _NAN: float("nan"), _NA: importlib.import_module("pandas").NA}
    found, start = [], 0
    for size, kind in zip(sizes.tolist(), kinds, strict=True):
        found.append(data[start : start + size].decode("utf-8", "surrogatepass") if kind == _TEXT else instead[kind])
        start += size
    return found


def _read_column(decoder: Any, form: Any) -> Any:
    importlib.import_module("pandas")
    return _COLUMNS[form["as"]](decoder, form)


def _read_text_column(decoder: Any, form: Any) -> Any:
    texts, dtype = _read_texts(decoder, form), form["dtype"]
    return loaded().array(texts, dtype=dtype) if dtype != "object" and _knows(dtype) else _objects(texts)


def _read_masked(decoder: Any, form: Any) -> Any:
    pd = loaded()
    values = pd.array(decoder.decode(form["data"]), dtype=form["dtype"])
    values[decoder.decode(form["missing"])] = pd.NA
    return values


def _read_category(decoder: Any, form: Any) -> Any:
    codes, categories = decoder.decode(form["codes"]), _read_index(decoder, form["categories"])
    return loaded().Categorical.from_codes(codes, categories, ordered=form["ordered"])


def _read_zoned(decoder: Any, form: Any) -> Any:
    moments = loaded().DatetimeIndex(decoder.decode(form["data"]))
    return moments.tz_localize("UTC").tz_convert(form["zone"]).array


_COLUMNS = {
    "array": lambda decoder, form: decoder.decode(form["data"]),
    "values": lambda decoder, form: _objects(decoder.decode(form["items"])),
    "texts": _read_text_column,
    "masked": _read_masked,
    "category": _read_category,
    "zoned": _read_zoned,
}


def _knows(dtype: str) -> bool:
    """Whether this version of pandas has that type of texts: `str` is one since 3."""
    return dtype == "string" or str(loaded().Series(["a"]).dtype) == dtype


def _objects(values: list[Any]) -> Any:
    np = importlib.import_module("numpy")
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _read_index(decoder: Any, form: Any) -> Any:
    pd = importlib.import_module("pandas")
    names = decoder.decode(form["names"])
    if "levels" in form:
        return pd.MultiIndex.from_arrays([_read_column(decoder, each) for each in form["levels"]], names=names)
    if "range" in form:
        return pd.RangeIndex(*form["range"], name=names[0])
    values = _read_column(decoder, form["column"])
    return pd.Index(values, dtype=values.dtype, name=names[0], copy=False)


def _read_table(decoder: Any, form: Any) -> Any:
    pd = importlib.import_module("pandas")
    index = _read_index(decoder, form["index"])
    columns = dict(enumerate(_read_column(decoder, each) for each in form["columns"]))
    table = pd.DataFrame(columns, index=index, copy=False)
    table.columns = _read_index(decoder, form["labels"])
    return table


def _read_series(decoder: Any, form: Any) -> Any:
    pd = importlib.import_module("pandas")
    values = _read_column(decoder, form["column"])
    index = _read_index(decoder, form["index"])
    return pd.Series(values, index=index, name=decoder.decode(form["name"]), dtype=values.dtype, copy=False)


def _read_missing(_: Any, form: Any) -> Any:
    pd = importlib.import_module("pandas")
    return {"NA": pd.NA, "NaT": pd.NaT}[form["name"]]


def _read_moment(_: Any, form: Any) -> Any:
    pd = importlib.import_module("pandas")
    if form.get("duration"):
        return pd.Timedelta(form["text"])
    moment = pd.Timestamp(form["text"])
    return moment if form["zone"] is None else moment.tz_localize("UTC").tz_convert(form["zone"])


READERS = {
    "table": _read_table,
    "series": _read_series,
    "index": lambda decoder, form: _read_index(decoder, form["index"]),
    "missing": _read_missing,
    "moment": _read_moment,
}
