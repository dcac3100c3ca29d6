"""The runner's process."""

import logging
import os

from openmo.bootstrap.platform import Platform, build_platform, disk_space
from openmo.config.settings import Settings
from openmo.core.clock import Clock
from openmo.core.space import Reserve
from openmo.installation.child import announce_ready, stop_on_signals
from openmo.installation.heartbeat import Heartbeat
from openmo.jobs.running.disk import DiskGuard
from openmo.jobs.running.launching import JobLauncher
from openmo.jobs.running.runner import JobRunner


def build_launcher(platform: Platform) -> JobLauncher:
    """What makes jobs ready to start."""
    return JobLauncher(
        projects=platform.projects,
        imports=platform.imports,
        imported=platform.imported_environments,
        store=platform.store,
        environments=platform.environments,
        folder=platform.settings.folder,
        processes=platform.settings.most_processes,
    )


def build_runner(platform: Platform) -> JobRunner:
    """What starts and follows jobs."""
    return JobRunner(
        database=platform.database,
        events=platform.events,
        executor=platform.executor,
        launcher=build_launcher(platform),
        notifier=platform.notifier,
        guard=_guard(platform.settings, platform.clock),
        clock=platform.clock,
    )


def _guard(settings: Settings, clock: Clock) -> DiskGuard:
    space = disk_space(settings)
    return DiskGuard(space, Reserve(settings.data / "reserve", space.low_bytes // 16), clock)


def run_runner(settings: Settings) -> None:
    """Starts and follows jobs until SIGTERM; the jobs go on without it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    runner = build_runner(build_platform(settings))
    stop_on_signals(runner.stop)
    with Heartbeat(announce_ready(os.environ), lambda: runner.rounds, lambda: runner.problem):
        runner.run()
