"""Which types of inputs take all that another takes."""

from openmo.specs.values import Parameter, ValueType

_WIDER = frozenset(
    {
        (ValueType.INT, ValueType.FLOAT),
        (ValueType.INT_LIST, ValueType.FLOAT_LIST),
        (ValueType.IMG, ValueType.FILE),
        (ValueType.VIDEO, ValueType.FILE),
        (ValueType.AUDIO, ValueType.FILE),
    }
)


def type_name(parameter: Parameter) -> str:
    """The type as calls feel it: a text with choices is an enum, and words that are no types of ours stay words."""
    if parameter.unchecked_type:
        return parameter.unchecked_type
    if parameter.value_type is ValueType.STR and parameter.choices is not None:
        return str(ValueType.ENUM)
    return str(parameter.value_type)


def takes_more(old: Parameter, new: Parameter) -> bool:
    """Whether the later type takes every value that the earlier one took, and others."""
    if old.unchecked_type or new.unchecked_type:
        return False
    if type_name(old) == ValueType.ENUM:
        texts = all(isinstance(each, str) for each in old.choices or ())
        return texts and type_name(new) == ValueType.STR
    return (old.value_type, new.value_type) in _WIDER
