"""Fixtures that several suites share, the two doses of the tests, and the run as a whole."""

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support.database import (
    ENGINES,
    database,
    database_engine,
    database_factory,
    empty_database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_server,
)
from support.doses import DEEP_VARIABLE, is_deep
from support.run import Run, described, kill
from support.schedule import FOLDERS, Schedule

from openmo.db.engine import Database

if TYPE_CHECKING:
    from support.platform import Platform

__all__ = [
    "database",
    "database_engine",
    "database_factory",
    "empty_database_url",
    "migrated_postgres",
    "migrated_sqlite",
    "platform",
    "platform_factory",
    "postgres_server",
]

_RUN = pytest.StashKey[Run]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--deep", action="store_true", help="the full dose: all repetitions, random examples, both databases"
    )


@pytest.hookimpl(tryfirst=True)  # before pytest makes its folder for temporary files
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--deep"):
        os.environ[DEEP_VARIABLE] = "1"
    # The processes of an installation start all the time: each would compile every module anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Timings are never asserted: a loaded machine is no bug. Two runs of one commit draw the same examples; what a deep
    # run finds becomes an explicit @example.
    _start_as_from_a_terminal()
    settings.register_profile(
        "light", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25, derandomize=True
    )
    settings.register_profile("deep", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
    settings.load_profile("deep" if is_deep() else "light")
    if not hasattr(config, "workerinput"):
        run = config.stash[_RUN] = Run.begin()
        config.option.basetemp = config.option.basetemp or run.folder / "t"
        watchman = run.watched()
        config.add_cleanup(lambda: (watchman.communicate(), None)[1])


def _start_as_from_a_terminal() -> None:
    """A shell's background command ignores these signals, and so would all that the tests start."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_engine" in metafunc.fixturenames and (
        is_deep() or metafunc.definition.get_closest_marker("both_databases")
    ):
        metafunc.parametrize("database_engine", ENGINES)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not is_deep() and (mark := item.get_closest_marker("deep")):
        pytest.skip(f"{mark.args[0]}: make test-deep")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FOLDERS.index(item.path.relative_to(Path(__file__).parent).parts[0]))


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Schedule:
    return Schedule(config, log)


@pytest.hookimpl(trylast=True)  # when the workers have ended
def pytest_sessionfinish(session: pytest.Session) -> None:
    if (run := session.config.stash.get(_RUN, None)) is None:
        return
    run.stop_shared()
    processes = run.left_processes()
    left = [described(each) for each in processes] + [str(path) for path in run.left_files()]
    kill(processes)
    if left:
        print("\nTests left this behind:", *left, sep="\n  ")
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
    if session.exitstatus == pytest.ExitCode.TESTS_FAILED:
        run.keep()
    else:
        run.remove()


@pytest.fixture
def platform_factory(database_factory: Callable[[], Database], tmp_path: Path) -> Callable[[], "Platform"]:
    """Makes platforms, each its own: for tests that need one for each example."""
    from support.platform import Platform  # the whole server, so only for tests that use it

    numbers = itertools.count()
    return lambda: Platform(database_factory(), tmp_path / f"data-{next(numbers)}")


@pytest.fixture
def platform(platform_factory: Callable[[], "Platform"]) -> "Platform":
    """The real services over a temporary folder."""
    return platform_factory()
