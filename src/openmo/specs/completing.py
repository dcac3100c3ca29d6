"""What the code leaves open of a parameter, as its owner had it in the spec file."""

from dataclasses import replace

from openmo.specs.values import Parameter


def filled(read: tuple[Parameter, ...], kept: tuple[Parameter, ...], *, keyed: bool = False) -> tuple[Parameter, ...]:
    """The parameters that were read, each completed by the kept one of its name (`keyed`: or key)."""
    known = {each.key: each for each in kept if each.key and keyed} | {each.name: each for each in kept}
    return tuple(_fill(each, known[each.name]) if each.name in known else each for each in read)


def _fill(read: Parameter, kept: Parameter) -> Parameter:
    read = replace(read, name=kept.name, key=kept.key)  # the code may use the key of an output
    if read.check:
        return replace(kept, description=kept.description or read.description)
    if read.value_type is not kept.value_type:
        return replace(read, description=read.description or kept.description)
    default = read if read.has_default or not kept.has_default else kept
    return replace(
        read,
        description=read.description or kept.description,
        has_default=default.has_default,
        default_value=default.default_value,
        value_range=read.value_range or kept.value_range,
        optional=read.optional or kept.optional,
        extra={**kept.extra, **read.extra},
    )
