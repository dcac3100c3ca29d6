"""The client of notebooks, jobs and handlers: uses the modules that the project has imported, in this process."""

from collections.abc import Callable, Mapping
from typing import Any

from openmo_sdk.errors import MissingParameter, ModuleBroken
from openmo_sdk.identifiers import Identifier, Located, locate, parse_identifier
from openmo_sdk.loading import Loaded, load_new, load_shared, prepare_weights, takes_argument
from openmo_sdk.parameters import Parameters, json_parser

_STAND_IN = {"run": "predict", "predict": "run"}


class Module:
    """An imported module. `predict`, `run` and `train` take the parameters and return what the module's method returns.

    Any other public method of the module's class that takes `conf` is there as well. The instance behind it is shared
    by all that use the same version, unless it was made with a `conf` of its own; edits of a `dev` version show at the
    next call. Called from several threads, the module's methods run at the same time.
    """

    def __init__(self, identifier: str, conf: Any = None) -> None:
        self._requested: Identifier = parse_identifier(identifier)
        located = locate(self._requested)
        self._own = None if conf is None else load_new(located, _mapping(conf))

    @property
    def identifier(self) -> str:
        """Owner, name and the version in use."""
        return str(self._own.identifier if self._own else locate(self._requested).identifier)

    def run(self, conf: Any = None) -> Any:
        return self._call("run", conf)

    def train(self, conf: Any = None) -> Any:
        return self._call("train", conf)

    def predict(self, conf: Any = None) -> Any:
        return self._call("predict", conf)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):  # notebooks probe for _repr_html_ and the like
            raise AttributeError(name)
        return lambda conf=None: self._call(name, conf)

    def __repr__(self) -> str:
        return f"<module {self._requested}>"

    def _call(self, verb: str, conf: Any) -> Any:
        located = locate(self._requested)
        loaded = self._own or load_shared(located)
        name, method = _method(loaded, verb)
        if name == "train":
            loaded.weights_ready = True
        elif name in _STAND_IN:
            prepare_weights(loaded, located.folder)
        parameters = Parameters(_mapping(conf), wanted_by=f"The method {name} of {loaded.identifier}")
        try:
            return method(parameters) if takes_argument(method) else method()
        except MissingParameter:
            raise
        except Exception as error:
            _explain(error, located, name)
            raise


class Client:
    """What the first cell of a notebook makes. All arguments are optional and kept; none is needed to use modules."""

    def __init__(
        self,
        api_key: str = "",
        project_id: str = "",
        user_ID: str = "",  # noqa: N803  # the name that notebooks pass
        project_type: str = "app",
        source_file_path: str = "",
        **others: Any,
    ) -> None:
        self.api_key = api_key
        self.project_id = project_id
        self.user_ID = user_ID
        self.project_type = project_type
        self.source_file_path = source_file_path
        self.others = others
        self.controller = Controller(self)

    def run(
        self,
        identifier: str,
        conf: Any = None,
        feed: Any = None,
        with_control: bool = False,  # noqa: ARG002 (older notebooks pass it)
        silent: bool = False,  # noqa: ARG002 (as above)
    ) -> Any:
        """What the module's `run` returns. `conf`: a dictionary, or anything that json_parser reads; see `predict`."""
        return self.module(identifier).run(_given(conf, feed))

    def train(
        self,
        identifier: str,
        conf: Any = None,
        feed: Any = None,
        with_control: bool = False,  # noqa: ARG002 (older notebooks pass it)
        silent: bool = False,  # noqa: ARG002 (as above)
    ) -> Any:
        """What the module's `train` returns; it may write to the project's folder. See `predict`."""
        return self.module(identifier).train(_given(conf, feed))

    def predict(
        self,
        identifier: str,
        conf: Any = None,
        feed: Any = None,
        with_control: bool = False,  # noqa: ARG002 (older notebooks pass it)
        silent: bool = False,  # noqa: ARG002 (as above)
    ) -> Any:
        """What the module's `predict` returns. `conf`: a dictionary, or anything that json_parser reads.

        `feed` is another name of `conf`, and may hold some of the parameters. `with_control` and `silent` are accepted,
        as older notebooks pass them, and change nothing: a module runs in this process and prints nothing of its own.
        """
        return self.module(identifier).predict(_given(conf, feed))

    def module(self, identifier: str, conf: Any = None) -> Module:
        """The imported module `owner/name/version`; with `conf`, a fresh instance made with these parameters.

        Without a version it is the newest release that the project has; `dev` is its owner's working version. Raises
        BadIdentifier, ModuleNotImported, ModuleBroken.
        """
        return Module(identifier, conf)

    def __repr__(self) -> str:
        return f"Client(project_id={self.project_id!r}, user_ID={self.user_ID!r})"  # never the key: outputs are shared


class Controller:
    """The controller of older notebooks: `controller(function, …)` calls the function, and `run`, `train` and `predict`
    run modules. Every other method passes without effect.
    """

    def __init__(self, client: Client) -> None:
        self.run = client.run
        self.train = client.train
        self.predict = client.predict

    def __call__(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What `function` returns for these arguments."""
        return function(*arguments, **options)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return _do_nothing


def _do_nothing(*_arguments: Any, **_options: Any) -> None:
    return None


def _given(conf: Any, feed: Any) -> Any:
    """The parameters from both places; `conf` counts where both name one."""
    return conf if feed is None else feed if conf is None else {**_mapping(feed), **_mapping(conf)}


def _mapping(conf: Any) -> Mapping[str, Any]:
    if conf is None:
        return {}
    return conf if isinstance(conf, Mapping) else json_parser(conf)


def _method(loaded: Loaded, verb: str) -> tuple[str, Callable[..., Any]]:
    """The method for `verb`: a toolkit has only `run` and a model only `predict`, and each stands in for the other."""
    for name in (verb, _STAND_IN.get(verb)):
        method = getattr(loaded.instance, name, None) if name else None
        if name and callable(method):
            return name, method
    public = [
        name for name in dir(loaded.instance) if not name.startswith("_") and callable(getattr(loaded.instance, name))
    ]
    raise ModuleBroken(
        f"The module {loaded.identifier} has no {verb}; use one of: {', '.join(public) or '(it has no methods)'}."
    )


def _explain(error: Exception, located: Located, method: str) -> None:
    error.add_note(f"Raised inside the module {located.identifier}, in its method {method}.")
    missing = error.filename if isinstance(error, FileNotFoundError) else None
    if isinstance(missing, str) and not missing.startswith("/") and (located.folder / missing).exists():
        error.add_note(
            f"{missing!r} lies in the module's folder, but methods run in the project's. In main.py, write: "
            f"Path(__file__).parent / {missing!r}"
        )
