"""A job that prints one line, from submission to what a reader of the log stream sees, beside a bare subprocess.

Run against a running OpenMo: python benchmarks/jobs_through_the_api.py [ROUNDS]. It makes a project and deletes it.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from openmo.cli.client import ApiClient, connect

LINE = 'print("line", flush=True)\n'


def through_openmo(client: ApiClient, project: str) -> tuple[float, float]:
    """Seconds from submission to the first line and to the final state, as server-sent events tell them."""
    began = time.perf_counter()
    job = client.post(f"/projects/{project}/jobs", {"script": "line.py"})
    first = 0.0
    with client.events(f"/projects/{project}/jobs/{job['number']}/log/stream") as events:
        for name, _ in events:
            if name == "log" and not first:
                first = time.perf_counter() - began
            elif name == "end":
                break
    return first, time.perf_counter() - began


def fifty(client: ApiClient, project: str) -> tuple[float, int]:
    """Seconds until fifty jobs have ended, and how many succeeded."""
    began = time.perf_counter()
    for _ in range(50):
        client.post(f"/projects/{project}/jobs", {"script": "line.py"})
    while client.get("/jobs/active")["items"]:
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    jobs = client.get(f"/projects/{project}/jobs", limit=50)["items"]
    return seconds, sum(job["state"] == "succeeded" for job in jobs)


def bare(folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, str(folder / "line.py")], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    client = connect()
    made = client.post("/projects", {"title": "One line"})
    project, data = made["full_name"], Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if data is None:
        raise SystemExit("Give the data folder as the second argument: the script is written into the workspace.")
    workspace = data / "projects" / made["id"] / "workspace"
    (workspace / "line.py").write_text(LINE)
    try:
        through_openmo(client, project)
        times = [through_openmo(client, project) for _ in range(rounds)]
        limit = statistics.median(bare(workspace) for _ in range(rounds))
        first = statistics.median(time[0] for time in times)
        final = statistics.median(time[1] for time in times)
        seconds, succeeded = fifty(client, project)
    finally:
        client.delete(f"/projects/{project}")
    print(f"{'':34}{'first line':>12}{'final state':>14}")
    print(f"{'limit: python line.py':34}{limit:>11.3f}s{limit:>13.3f}s")
    print(f"{'OpenMo, seen on the log stream':34}{first:>11.3f}s{final:>13.3f}s")
    print(f"{'ratio':34}{first / limit:>11.1f}x{final / limit:>13.1f}x")
    print(f"50 jobs at once: {seconds:.1f} s, {succeeded} succeeded")


if __name__ == "__main__":
    main()
