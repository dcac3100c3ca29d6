"""Arrays and scalars of numpy: a head in the document, the elements as a buffer or as memory that is shared already."""

import importlib
import math
import sys
from typing import Any

from openmo_sdk.calls import memory
from openmo_sdk.calls.parcel import BadFrame
from openmo_sdk.errors import CannotPass

_OBJECTS = (
    "Give it a type of numbers or texts first, such as array.astype(float) or array.astype(str), or pass "
    "array.tolist()."
)
_SUBCLASS = "Pass it as a plain array: numpy.asarray(array); of a masked array, its data and its mask."


def loaded() -> Any:
    """numpy, when this process has loaded it; it is never loaded to find out."""
    return sys.modules.get("numpy")


def shared_array(shape: int | tuple[int, ...], dtype: Any = float) -> Any:
    """An array of zeros that modules in environments of their own read where it lies, without a copy.

    It is a numpy array like any other; slices and views of it are passed without a copy, too. What a module writes into
    it stays the module's. Raises CannotPass for a type of Python objects.
    """
    np = importlib.import_module("numpy")
    wanted = np.dtype(dtype)
    if wanted.hasobject:
        raise CannotPass(
            f"An array of {wanted} holds Python objects, which cannot be shared: choose a type of numbers."
        )
    size = math.prod((shape,) if isinstance(shape, int) else shape) * wanted.itemsize
    if not size or not memory.available():
        return np.zeros(shape, wanted)
    return np.ndarray(shape, wanted, buffer=memory.born_shared(size))


def encode(encoder: Any, value: Any) -> Any:
    """The form of an array or a scalar; None for anything else."""
    np = loaded()
    if isinstance(value, np.generic):
        form = _describe(encoder, value.dtype)
        return {"$": "scalar", "dtype": form, "data": encoder.parcel.add(value.tobytes())}
    if not isinstance(value, np.ndarray):
        return None
    if type(value) is not np.ndarray and type(value) is not np.memmap:
        raise encoder.refuse(f"is of the class {type(value).__module__}.{type(value).__qualname__}", _SUBCLASS)
    form = {"$": "array", "dtype": _describe(encoder, value.dtype), "shape": list(value.shape)}
    if not value.nbytes:
        return form
    if (shared := _where_shared(encoder, value)) is not None:
        return {**form, "data": shared, "strides": list(value.strides)}
    if value.flags.f_contiguous and not value.flags.c_contiguous:
        form["strides"] = list(value.strides)
        value = value.T
    elements = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
    return {**form, "data": encoder.parcel.add(elements)}


def _where_shared(encoder: Any, array: Any) -> list[int] | None:
    """Place and offset of its first element in memory that was born shared; None when it lies elsewhere."""
    np, base = loaded(), array.base
    while isinstance(base, np.ndarray):
        base = base.base
    descriptor = memory.descriptor_of(base)
    if descriptor is None:
        return None
    place = encoder.parcel.share(base, descriptor)
    start = np.frombuffer(base, np.uint8).__array_interface__["data"][0]
    return None if place is None else [place, array.__array_interface__["data"][0] - start, 0]


def _describe(encoder: Any, dtype: Any) -> Any:
    """A type that numpy reads back as the same one, in any of its versions."""
    if dtype.hasobject:
        raise encoder.refuse(f"is an array of Python objects (dtype {dtype})", _OBJECTS)
    try:
        form = dtype.str if dtype.names is None else _format().dtype_to_descr(dtype)
        if _dtype(form) == dtype:
            return form
    except (TypeError, ValueError):
        pass
    raise encoder.refuse(f"is an array of the type {dtype}", _OBJECTS)


def _dtype(form: Any) -> Any:
    """The type of that form; raises ImportError without numpy, and BadFrame."""
    np = importlib.import_module("numpy")
    try:
        dtype = np.dtype(form) if isinstance(form, str) else _format().descr_to_dtype(_tuples(form))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, SyntaxError) as error:
        raise BadFrame(f"there is no type {form!r:.60}") from error
    if dtype.hasobject:
        raise BadFrame("an array of Python objects was sent")
    return dtype


def _format() -> Any:
    return importlib.import_module("numpy.lib.format")


def _tuples(form: Any) -> Any:
    """JSON has no tuples, and the fields of a structure are some."""
    if isinstance(form, str):
        return form
    return [tuple(_field(part, number) for number, part in enumerate(field)) for field in form]


def _field(part: Any, number: int) -> Any:
    if not isinstance(part, list):
        return part
    if number == 1:
        return _tuples(part)
    return tuple(part)  # the shape of the field, or its title and name


def _read_array(decoder: Any, form: Any) -> Any:
    dtype, shape = _dtype(form["dtype"]), tuple(form["shape"])
    np = loaded()
    if "data" not in form:
        if math.prod(shape) * dtype.itemsize:
            raise BadFrame("an array came without its elements")
        return np.empty(shape, dtype)
    buffer, offset = decoder.parcel.buffer(form["data"])
    strides = form.get("strides")
    return np.ndarray(shape, dtype, buffer=buffer, offset=offset, strides=None if strides is None else tuple(strides))


def _read_scalar(decoder: Any, form: Any) -> Any:
    dtype = _dtype(form["dtype"])
    data = decoder.parcel.data(form["data"])
    np = loaded()
    return np.frombuffer(data, dtype)[0] if dtype.itemsize else np.zeros((), dtype)[()]


READERS = {"array": _read_array, "scalar": _read_scalar}
