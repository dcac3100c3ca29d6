"""The platform's jobs, as JupyterLab's server half sees them."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any

JOB = re.compile(r"jobs/([0-9]+)(/[a-z]+)?")
ENDED = ("succeeded", "failed", "terminated")
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class JobsDouble:
    """Jobs that move when a test says so."""

    owner: str
    project: str
    items: list[dict[str, Any]] = field(default_factory=list)
    """Newest first."""
    newest: int = 200
    """How many of them the list shows."""
    gpus: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    changes: int = 0

    def end(self, index: int, state: str, reason: str = "") -> None:
        self.items[index] |= {"state": state, "reason": reason, "ended_at": "2026-01-01T00:00:09Z"}
        self.tell()

    def tell(self) -> None:
        """What the platform's event stream tells of."""
        with self.changed:
            self.changes += 1
            self.changed.notify_all()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer | None:
        """`path` is below the project; None for what is not about jobs."""
        match method, path:
            case "POST", "jobs":
                return 201, self.add(body)
            case "GET", "jobs":
                return 200, {"items": self.items[: self.newest]}
            case "GET", "jobs/options":
                scripts = ["train.py", "coding_here.ipynb"]
                return 200, {"scripts": scripts, "cpus": 4, "gpus": self.gpus, "memory_bytes": 8 << 30}
            case "POST", "jobs/delete":
                self.items = [job for job in self.items if job["number"] not in body["numbers"]]
                return 204, {}
        found = JOB.fullmatch(path)
        job = next((job for job in self.items if found and job["number"] == int(found[1])), None)
        return self._one(method, found[2] or "", job) if found and job else None

    def active(self) -> Answer:
        return 200, {"items": [job for job in self.items if job["state"] not in ENDED]}

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        number = max((job["number"] for job in self.items), default=0) + 1
        job = {
            "id": f"job-{number}",
            "number": number,
            "owner": self.owner,
            "project": self.project,
            "name": body["name"] or f"{body['script']}-{number}",
            "script": body["script"],
            "state": "pending",
            "device": body["device"],
            "gpus": body["gpus"],
            "args": body["args"],
            "reason": "",
            "stop_requested": False,
            "started_at": None,
            "ended_at": None,
            "url": f"/projects/{self.owner}/{self.project}/jobs/{number}",
        }
        self.items.insert(0, job)
        self.tell()
        return job

    def _one(self, method: str, action: str, job: dict[str, Any]) -> Answer | None:
        match method, action:
            case "GET", "":
                return 200, job
            case "GET", "/draft":
                asked = {"env": {"SEED": "7"}, "secrets": ["KEY"], "cpus": 1, "memory_limit": "2 GiB", "time_limit": ""}
                return 200, {
                    **{name: job[name] for name in ("number", "name", "script", "args", "device", "gpus")},
                    **asked,
                }
            case "POST", "/terminate":
                job |= {"stop_requested": True}
                return 202, job
            case "POST", "/restart":
                return 201, self.add(job)
        return None
