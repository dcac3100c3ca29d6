"""The runner's process."""

import logging
import os
import signal

from openmo.bootstrap.platform import build_platform
from openmo.config.settings import Settings
from openmo.installation.child import announce_ready
from openmo.jobs.running.launching import JobLauncher
from openmo.jobs.running.runner import Runner


def run_runner(settings: Settings) -> None:
    """Starts and follows jobs until SIGTERM; the jobs go on without it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    platform = build_platform(settings)
    launcher = JobLauncher(
        projects=platform.projects,
        datasets=platform.datasets,
        modules=platform.modules,
        store=platform.store,
        environments=platform.environments,
        folder=settings.folder,
    )
    runner = Runner(
        database=platform.database,
        executor=platform.executor,
        launcher=launcher,
        notifier=platform.notifier,
        clock=platform.clock,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())
    announce_ready(os.environ)
    runner.run()
