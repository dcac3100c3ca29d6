"""Habits that keep the platform safe and its tests true."""

import ast

from sources import modules

CLOCK_READERS = {
    "openmo.core.clock",
    "openmo.execution.inside.exit",
    "openmo.execution.inside.log_watch",
    "openmo.execution.inside.shim",
    "openmo.execution.inside.usage",
}
"""The clock itself, and children to which loading `datetime` would cost milliseconds of every start."""
CLOCK_CALLS = {
    "time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today",
}  # fmt: skip
CODE_FROM_BYTES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "torch"}
"""Modules whose readers run what the bytes say."""
UNSAFE_CALLS = {"yaml.load", "yaml.unsafe_load", "yaml.full_load", "eval", "exec", "os.system", "os.popen"}

PYTHON_READERS = {"ast.parse", "compile", "builtins.compile"}
"""Readers of Python that some texts keep busy for minutes, and with them all threads of the process."""
PYTHON_ROOMS = {"openmo.system.python_parsing", "openmo.notebooks"}
"""The one place that has bounds, and the export, which reads what is long in a child that has them."""

FORMATTERS = {"markdown_it", "pygments", "nh3", "nbformat", "nbconvert"}
"""Parsers of users' documents that some texts keep busy for minutes."""


HTTP_CLIENTS = {"httpx", "aiohttp", "http.client", "urllib.request", "requests", "urllib3"}
HTTP_ROOMS = {"identity", "cli", "proxy", "installation", "bootstrap"}
"""Each asks an address of the installation's own (JupyterHub, the REST API, its processes), never one that is named."""


def test_only_the_clock_asks_what_time_it_is() -> None:
    assert [
        f"{module.name}:{line} {call}"
        for module in modules()
        if module.name not in CLOCK_READERS
        for call, line in module.calls()
        if call in CLOCK_CALLS
    ] == []


def test_a_strangers_python_is_parsed_within_bounds_alone() -> None:
    assert [
        f"{module.name}:{line} {call}"
        for module in modules()
        if not any(module.name == room or module.name.startswith(f"{room}.") for room in PYTHON_ROOMS)
        for call, line in module.calls()
        if call in PYTHON_READERS
    ] == []


def test_the_platform_never_runs_what_bytes_say() -> None:
    platform = [module for module in modules() if not module.inside]  # inside is where user code runs, in its sandbox
    imported = [
        f"{module.name}: {target}"
        for module in platform
        for target, _ in module.imports()
        if target.split(".")[0] in CODE_FROM_BYTES
    ]
    called = [
        f"{module.name}:{line} {call}"
        for module in platform
        for call, line in module.calls()
        if call in UNSAFE_CALLS or call.endswith(("torch.load", ".allow_pickle"))
    ]
    shells = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle") and ast.unparse(node.value) == "True"
    ]
    assert (imported, called, shells) == ([], [], [])


def test_documents_of_users_are_formatted_by_the_confined_child_alone() -> None:
    """The pages' own processes load no such parser: what imports one is imported by the child alone."""
    loading = {
        module.name for module in modules() if any(target.split(".")[0] in FORMATTERS for target, _ in module.imports())
    }
    assert loading <= {"openmo.web.documents.markdown", "openmo.web.documents.source"}
    loaders = loading | {"openmo.web.documents.notebook", "openmo.web.documents.formatting"}
    assert {module.name for module in modules() if loaders & {target for target, _ in module.imports()}} <= loaders | {
        "openmo.web.documents.child"
    }


def test_nothing_fetches_what_a_user_names() -> None:
    """Pages, gateway and runner hold no client: a URL in an input, a spec or a document is text to them."""
    assert [
        f"{module.name}: {target}"
        for module in modules()
        if module.room not in HTTP_ROOMS
        for target, _ in module.imports()
        if target in HTTP_CLIENTS
    ] == []


def test_no_python_that_the_platform_starts_looks_around() -> None:
    """Neither at PYTHON* nor at files of the current folder, such as a sitecustomize.py of somebody's project."""
    assert [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.List | ast.Tuple) and node.elts and ast.unparse(node.elts[0]) == "sys.executable"
        if not {"'-I'", "'-P'"} & {ast.unparse(each) for each in node.elts}
    ] == []
