"""The process that calls one method of a module, in the sandbox and in its environment, as a notebook would."""

import importlib
import inspect
import os
import resource
import signal
import sys
import time
from pathlib import Path

from openmo.modules.checking.inside.failures import failure
from openmo.modules.checking.inside.messages import LOAD, WEIGHTS, Failed
from openmo.modules.trying.inside.messages import ANSWER, Answered, CallOrder
from openmo.modules.trying.inside.results import Outputs
from openmo.serving.inside.values_in import convert_inputs, converters


class Call:
    """One module, loaded and called once."""

    def __init__(self, order: CallOrder) -> None:
        self._order = order
        self._step = LOAD

    def run(self) -> "Answered | Failed":
        """What there is to tell, whatever the module does."""
        try:
            return self._answered()
        except BaseException as error:  # noqa: BLE001 (whatever a module raises, SystemExit among it)
            return failure(self._step, error, self._order.folder)

    def _answered(self) -> Answered:
        order = self._order
        loading = importlib.import_module("openmo_sdk.loading")
        identifiers = importlib.import_module("openmo_sdk.identifiers")
        parameters = importlib.import_module("openmo_sdk.parameters")
        name = identifiers.Identifier(order.owner, order.name, order.version)
        loaded = loading.load_new(identifiers.Located(name, Path(order.folder)))
        if order.method == "train":
            loaded.weights_ready = True
        else:
            self._step = WEIGHTS
            loading.prepare_weights(loaded, Path(order.work))
        self._step = order.method
        function = getattr(loaded.instance, order.method)
        conf = convert_inputs(order.conf, converters(dict.fromkeys(order.tables, "dataframe")))
        given = parameters.Parameters(conf, wanted_by=f"The method {order.method}")
        began = time.monotonic()
        result = function(given) if loading.takes_argument(function) else function()
        if inspect.isgenerator(result):
            result = _last(result)
        return Outputs(order).answer(result, time.monotonic() - began)


def _last(values: object) -> object:
    """The last thing that a generator yields: what it gave before was on the way there."""
    last: object = None
    for each in values:  # type: ignore[attr-defined]  # a generator of the module's
        last = each
    return last


def main() -> None:
    """Calls what the file named in the argument orders."""
    order = CallOrder.decode(Path(sys.argv[1]).read_bytes())
    process = os.getpid()
    answer = os.open(Path(order.report) / ANSWER, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_bytes, order.file_bytes))
    resource.setrlimit(resource.RLIMIT_DATA, (order.memory_bytes, order.memory_bytes))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    os.chdir(order.work)
    told = Call(order).run().encode()
    if os.getpid() != process:
        os._exit(0)  # a copy that the module made of itself has nothing to say
    with os.fdopen(answer, "wb") as file:
        file.write(told)
    sys.stdout.flush()
    os._exit(0)  # what the module left behind, threads among it, is nobody's concern


if __name__ == "__main__":
    main()
