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


class EnvironmentMissing(SdkError, FileNotFoundError):
    """The module has no environment of its own here, or what is named as one is no Python."""


class CannotPass(SdkError, TypeError):
    """A value cannot go to a module in another environment, or come back from it."""


class ModuleEnded(SdkError, RuntimeError):
    """The process of a module in its own environment ended; the next call starts it anew."""


class RaisedInModule(SdkError):
    """What a module in its own environment raised, where its class is not known here.

    It bears the class's name, and is also whatever built-in exceptions that one is.
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class ModuleTraceback(Exception):
    """Where in the module's own environment it happened: the cause of an exception that came from there."""

    def __str__(self) -> str:
        return "\n" + str(self.args[0])
