"""The one call that a release must answer before others see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import AppNotStarting
from openmo.serving.trial import ReleaseTrial
from openmo.specs.values import Interval, Parameter, Spec, ValueType

_MADE_UP: Mapping[ValueType, object] = {
    ValueType.INT: 1,
    ValueType.FLOAT: 1.0,
    ValueType.STR: "text",
    ValueType.BOOL: False,
    ValueType.DATETIME: "2024-01-01T00:00:00",
    ValueType.INT_LIST: [1],
    ValueType.FLOAT_LIST: [1.0],
    ValueType.STR_LIST: ["text"],
}


class ReleaseCheckFailed(OpenMoError):
    """The release did not answer its trial call; `log` holds what it printed, and the traceback, for its owner."""

    code = "release_check_failed"
    status = 422
    title = message("The app does not work yet")
    remedy = "Read `log`, correct the handler, and deploy again."


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCall:
    """Inputs to try an app with."""

    inputs: Mapping[str, object]
    meant: bool
    """Whether the app's author chose every one of them (defaults, choices, ranges), so that they must work."""


def trial_call(spec: Spec) -> TrialCall:
    """Defaults where there are any, else the first choice, the range's low end, or something made up by type."""
    inputs: dict[str, object] = {}
    meant = True
    for parameter in spec.inputs:
        if not parameter.required:
            continue  # the handler's own default, or the spec's, stands for it
        value, chosen = _value(parameter)
        meant = meant and chosen
        if value is not None:
            inputs[parameter.name] = value
    for parameter in spec.inputs:
        if parameter.has_default:
            inputs[parameter.name] = parameter.default_value
    return TrialCall(inputs=inputs, meant=meant)


def check_release(trial: ReleaseTrial, release: DeployedRelease) -> None:
    """The release starts, and answers when called; raises ReleaseCheckFailed with the owner's traceback.

    An app may rightly refuse inputs that had to be made up: then only a handler.py that cannot be imported counts.
    """
    call = trial_call(release.spec)
    outcome = trial.call(release, call.inputs)
    error = outcome.error
    if error is None or not (call.meant or isinstance(error, AppNotStarting)):
        return
    why = message("It was called once before others see it, and failed: %(why)s", why=f"{error.title}: {error.message}")
    raise ReleaseCheckFailed(why, log=outcome.log, inputs=dict(call.inputs))


def _value(parameter: Parameter) -> tuple[object, bool]:
    if parameter.choices:
        first = parameter.choices[0]
        return ([first] if parameter.value_type.element else first), True
    if isinstance(parameter.value_range, Interval):
        number = _within(parameter.value_range)
        whole = ValueType.INT in (parameter.value_type, parameter.value_type.element)
        number = round(number) if whole else float(number)
        return ([number] if parameter.value_type.element else number), True
    return _MADE_UP.get(parameter.value_type), parameter.value_type is ValueType.BOOL


def _within(interval: Interval) -> float:
    low, high = interval.minimum, interval.maximum
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low + 1
    return (high or 0) - 1
