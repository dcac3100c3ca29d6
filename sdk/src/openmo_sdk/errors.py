"""What can go wrong in a notebook, job or handler that uses the SDK; each message ends with what to do."""


class SdkError(Exception):
    """The root of everything that the SDK raises."""


class BadIdentifier(SdkError, ValueError):
    """The text does not name a module as `owner/name` or `owner/name/version`."""


class ModuleNotImported(SdkError, FileNotFoundError):
    """The project's `modules/` folder lacks this module, or this version of it."""


class ModuleBroken(SdkError):
    """The module is there but cannot be used: its code fails to load, or lacks the class or method."""


class BadParameters(SdkError, ValueError):
    """The parameters are not a JSON object, nor a list of named values."""


class MissingParameter(SdkError, KeyError):
    """The module read a parameter that was not given; also a KeyError, as modules that catch one expect."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show the repr of the message
