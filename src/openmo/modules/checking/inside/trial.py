"""The process that tries a module, in the sandbox and in the module's environment, as a notebook would use it."""

import importlib
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from openmo.modules.checking.inside.describing import describe
from openmo.modules.checking.inside.failures import cause_of, failure, text_of
from openmo.modules.checking.inside.messages import LOAD, WEIGHTS, Began, Done, Finished, Touched, TrialOrder
from openmo.modules.checking.inside.notes import Notes, plain
from openmo.modules.checking.inside.watch import watch

_MAX_PATH = 300


class Trial:
    """One module, loaded and called."""

    def __init__(self, order: TrialOrder, notes: Notes) -> None:
        self._order = order
        self._notes = notes
        self._loading = importlib.import_module("openmo_sdk.loading")
        self._identifiers = importlib.import_module("openmo_sdk.identifiers")
        self._parameters = importlib.import_module("openmo_sdk.parameters")

    def run(self) -> bool:
        """Whether all steps ended well; the first that does not is the last."""
        order = self._order
        name = self._identifiers.Identifier(order.owner, order.name, order.version)
        located = self._identifiers.Located(name, Path(order.folder))
        loaded: list[object] = []
        return self._take(LOAD, lambda: loaded.append(self._loading.load_new(located))) and all(
            self._call(loaded[0], str(method), conf, defaults) for method, conf, defaults in order.calls
        )

    def _call(self, loaded: object, method: str, conf: object, defaults: object) -> bool:
        """As the SDK's client does it; whether the next may be called."""
        if method == "train":
            loaded.weights_ready = True  # type: ignore[attr-defined]  # a record of the SDK's
        elif not self._take(WEIGHTS, lambda: self._loading.prepare_weights(loaded, Path(self._order.work))):
            return False
        names: list[str] = [str(name) for name in defaults] if isinstance(defaults, list) else []
        given = {str(name): value for name, value in conf.items()} if isinstance(conf, dict) else {}
        return self._take(method, lambda: self._result(loaded, method, conf), {name: given.get(name) for name in names})

    def _result(self, loaded: object, method: str, conf: object) -> None:
        function = getattr(loaded.instance, method)  # type: ignore[attr-defined]  # a record of the SDK's
        parameters = self._parameters.Parameters(conf, wanted_by=f"The method {method}")
        result = function(parameters) if self._loading.takes_argument(function) else function()
        for value in describe(method, result):
            self._notes.add(value)

    def _take(self, step: str, act: Callable[[], None], defaults: "dict[str, object] | None" = None) -> bool:
        """Whether the step ended well, or lacked nothing but the files that defaults name; what it raises is told, and
        goes no further.
        """
        self._notes.add(Began(step=step))
        began = time.monotonic()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (whatever a module raises, SystemExit among it)
            absent = _absent(cause_of(error), defaults or {})
            self._notes.add(failure(step, error, self._order.folder, absent=absent))
            return bool(absent)
        self._notes.add(Done(step=step, seconds=time.monotonic() - began))
        return True


def _absent(error: BaseException, defaults: "dict[str, object]") -> str:
    """The input whose default is a path that is not there, and that the error speaks of; empty: there is none."""
    if not isinstance(error, FileNotFoundError):
        return ""
    told = f"{text_of(error)} {error.filename}"
    for name, value in defaults.items():
        if isinstance(value, str) and value and not Path(value).exists() and value.removeprefix("./") in told:
            return name
    return ""


def main() -> None:
    """Tries the module that the file named in the argument orders."""
    order = TrialOrder.decode(Path(sys.argv[1]).read_bytes())
    notes = Notes(order.report)
    resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_bytes, order.file_bytes))
    sys.dont_write_bytecode = True
    os.chdir(order.work)
    tell: Callable[[str, str], None] = lambda what, path: notes.add(Touched(what=what, path=plain(path, _MAX_PATH)))  # noqa: E731
    allowed = [os.path.realpath(each) for each in (order.work, order.report, os.environ["HOME"], os.environ["TMPDIR"])]
    watch(os.path.realpath(order.folder), [*allowed, "/tmp", "/run/openmo", "/dev"], tell)  # noqa: S108 (its own)
    Trial(order, notes).run()
    notes.add(Finished())
    sys.stdout.flush()
    os._exit(0)  # what the module left behind, threads among it, is nobody's concern


if __name__ == "__main__":
    main()
