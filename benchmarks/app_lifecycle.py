"""The waits in an app's life, through the whole platform: deployed, deployed again, and awake after a restart.

    python benchmarks/app_lifecycle.py [--repeat 5]

A deploy is timed from its request to the first right answer of the new release, as the wizard's user waits for it: with
the snapshot, the checks and the trial call in the sandbox. The limit beside it is a bare `python` that imports the same
handler and calls it once, as a deploy does at least. A restart is OpenMo stopped and started, timed from the start of
the command until `/health` says that everything works, and from then to the first right answer of an app that nothing
has warmed.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from jobs_peers import openmo

from openmo.apps.schemas import ReleaseDraft
from openmo.cli.client import ApiClient, CallInputs
from openmo.core.visibility import Visibility
from openmo.projects.schemas import ProjectDraft, ProjectView

HANDLER = """
import numpy
def handle(conf):
    x = conf["x"]  # value_type: int # default_value: 1
    return {"y": int(numpy.add(x, NUMBER))}  # value_type: int
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name) / "openmo", options.repeat)


def measure(data: Path, repeat: int) -> None:
    rows: dict[str, list[float]] = {}
    with openmo(data) as (client, _):
        made = client.post("/projects", ProjectDraft(title="Waits", visibility=Visibility.PUBLIC)).read(ProjectView)
        workspace = data / "projects" / made.id / "workspace"
        for number in range(1, repeat + 2):
            (workspace / "handler.py").write_text(HANDLER.replace("NUMBER", str(number)))
            began = time.perf_counter()
            client.post(f"/projects/{made.full_name}/releases", ReleaseDraft())
            seconds = {"deploy: until it is said to be released": time.perf_counter() - began}
            wait_for_answer(client, made.full_name, 1 + number)
            seconds["deploy: until the new release answers"] = time.perf_counter() - began
            kind = "first, " if number == 1 else ""
            for what, value in seconds.items():
                rows.setdefault(kind + what, []).append(value)
    for _ in range(repeat):
        began = time.perf_counter()
        with openmo(data) as (client, _):
            ready = time.perf_counter()
            wait_for_answer(client, made.full_name, 2 + repeat)
            answered = time.perf_counter()
        rows.setdefault("restart: until everything works", []).append(ready - began)
        rows.setdefault("restart: from then to the app's first answer", []).append(answered - ready)
    python = os.environ.get("OPENMO_PYTHON") or str(base_python(data))
    for _ in range(repeat):
        began = time.perf_counter()
        subprocess.run([python, "-c", "import handler; handler.handle({'x': 1})"], cwd=workspace, check=True)
        rows.setdefault("limit: a bare python that calls the handler once", []).append(time.perf_counter() - began)
    print(f"medians of {repeat}, in seconds; load {os.getloadavg()[0]:.1f}")
    for what, values in rows.items():
        print(f"{what:60} {statistics.median(values):7.3f}")


def wait_for_answer(client: ApiClient, app: str, right: int) -> None:
    while True:
        with client.call(app, CallInputs(values={"x": 1})) as answers:
            if dict(answers)["output"].values() == {"y": right}:
                return


def base_python(data: Path) -> Path:
    """Of the environment that apps run in."""
    folder = Path(os.environ.get("OPENMO_ENVIRONMENTS") or data / "environments")
    return next(folder.glob("base-*/bin/python"))


if __name__ == "__main__":
    main()
