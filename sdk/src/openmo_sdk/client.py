"""The client of notebooks, jobs and handlers: uses the modules that the project has imported, in this process."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from openmo_sdk.identifiers import Identifier, locate, parse_identifier
from openmo_sdk.loading import Loaded, load_new, load_shared
from openmo_sdk.methods import call_method
from openmo_sdk.parameters import json_parser

if TYPE_CHECKING:
    from openmo_sdk.calls.remote import RemoteModule


class Module:
    """An imported module. `predict`, `run` and `train` take the parameters and return what the module's method returns.

    Any other public method of the module's class that takes `conf` is there as well. The instance behind it is shared
    by all that use the same version, unless it was made with a `conf` of its own; edits of a `dev` version show at the
    next call. Called from several threads, the module's methods run at the same time.

    With `environment='own'` the module runs in the environment that belongs to it, in a process of its own: same call,
    same results. Calls of several threads then run one after the other.
    """

    def __init__(self, identifier: str, conf: Any = None, *, environment: Any = None) -> None:
        self._requested: Identifier = parse_identifier(identifier)
        located = locate(self._requested)
        self._own: Loaded | None = None
        self._remote: RemoteModule | None = None
        if environment is not None:
            self._remote = _remote(self._requested, environment, None if conf is None else _mapping(conf))
        elif conf is not None:
            self._own = load_new(located, _mapping(conf))

    @property
    def identifier(self) -> str:
        """Owner, name and the version in use."""
        if self._remote is not None and self._remote.fixed is not None:
            return str(self._remote.fixed.identifier)
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
        if self._remote is not None:
            return self._remote.call(verb, _mapping(conf))
        located = locate(self._requested)
        return call_method(located, self._own or load_shared(located), verb, _mapping(conf))


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
        *,
        environment: Any = None,
    ) -> Any:
        """What the module's `run` returns. `conf`: a dictionary, or anything that json_parser reads; see `predict`."""
        return self.module(identifier, environment=environment).run(_given(conf, feed))

    def train(
        self,
        identifier: str,
        conf: Any = None,
        feed: Any = None,
        with_control: bool = False,  # noqa: ARG002 (older notebooks pass it)
        silent: bool = False,  # noqa: ARG002 (as above)
        *,
        environment: Any = None,
    ) -> Any:
        """What the module's `train` returns; it may write to the project's folder. See `predict`."""
        return self.module(identifier, environment=environment).train(_given(conf, feed))

    def predict(
        self,
        identifier: str,
        conf: Any = None,
        feed: Any = None,
        with_control: bool = False,  # noqa: ARG002 (older notebooks pass it)
        silent: bool = False,  # noqa: ARG002 (as above)
        *,
        environment: Any = None,
    ) -> Any:
        """What the module's `predict` returns. `conf`: a dictionary, or anything that json_parser reads.

        `feed` is another name of `conf`, and may hold some of the parameters. `with_control` and `silent` are accepted,
        as older notebooks pass them, and change nothing: a module prints nothing that its own code does not print.
        `environment='own'` runs it in its own environment.
        """
        return self.module(identifier, environment=environment).predict(_given(conf, feed))

    def module(self, identifier: str, conf: Any = None, *, environment: Any = None) -> Module:
        """The imported module `owner/name/version`; with `conf`, a fresh instance made with these parameters.

        Without a version it is the newest release that the project has; `dev` is its owner's working version.
        `environment`: None for this one, 'own' for the module's own, or the path of another Python. Raises
        BadIdentifier, ModuleNotImported, ModuleBroken, EnvironmentMissing.
        """
        return Module(identifier, conf, environment=environment)

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


def _remote(requested: Identifier, environment: Any, conf: Mapping[str, Any] | None) -> "RemoteModule":
    from openmo_sdk.calls.remote import RemoteModule  # most programs need no sockets and processes

    return RemoteModule(requested, environment, conf)


def _given(conf: Any, feed: Any) -> Any:
    """The parameters from both places; `conf` counts where both name one."""
    return conf if feed is None else feed if conf is None else {**_mapping(feed), **_mapping(conf)}


def _mapping(conf: Any) -> Mapping[str, Any]:
    if conf is None:
        return {}
    return conf if isinstance(conf, Mapping) else json_parser(conf)
