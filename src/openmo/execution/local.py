"""Runs jobs as processes of this machine, each held by a shim that outlives its caller (see `inside/shim.py`)."""

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from openmo.core.clock import unix_now
from openmo.core.errors import Unavailable
from openmo.execution.executor import Capacity, Exit, ExitKind, JobLaunch, Running, Unstarted
from openmo.execution.inside import folder as job_folder
from openmo.execution.lost import end_leftovers
from openmo.sandbox.policy import Sandbox
from openmo.system import start_ticks as process_identity
from openmo.system.child_python import child_argv

_SHIM = "openmo.execution.inside.shim"
_ANSWER_SECONDS = 60.0
_GPU_LIST_SECONDS = 20.0
_GPU_AGAIN_SECONDS = 30.0
_GPU = re.compile(r"^GPU \d+:.*\(UUID: (GPU-[^)]+)\)", re.MULTILINE)
_GPU_PART = re.compile(r"^\s+MIG .*\(UUID: (MIG-[^)]+)\)", re.MULTILINE)


class LocalExecutor:
    """Jobs on this machine; all state is in the job folders and in the operating system."""

    def __init__(self, sandbox: Sandbox, *, cpus: int = 0) -> None:
        """`cpus`: slots to offer; 0: the machine's cores."""
        self._sandbox = sandbox
        self._cpus = cpus
        self._listed: tuple[str, ...] | None = None
        self._list_at = 0.0

    @property
    def name(self) -> str:
        return "local"

    def capacity(self) -> Capacity:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return Capacity(cpus=self._cpus or os.cpu_count() or 1, gpus=self._gpus, memory_bytes=memory)

    def start(self, launch: JobLaunch) -> None:
        """The job runs, once; returns when its process runs or the exit record says why it cannot.

        Raises Unavailable when the machine is too busy to say so within a minute; asking again is safe.
        """
        launch.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (launch.folder / job_folder.SHIM).exists() or (launch.folder / job_folder.EXIT).exists():
            return
        with (launch.folder / job_folder.SHIM_LOG).open("ab") as errors:
            shim = subprocess.Popen(
                child_argv(sys.executable, _SHIM),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd="/",
            )
        try:
            answer, _ = shim.communicate(json.dumps(self._message(launch)).encode(), timeout=_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unavailable("The machine is too busy to start the job now.", retry_after=5.0) from None
        if not answer and isinstance(self.observe(launch.folder), Unstarted):
            said = (launch.folder / job_folder.SHIM_LOG).read_text(errors="replace").strip()
            why = said.splitlines()[-1] if said else f"its supervisor ended with {shim.returncode}"
            detail = f"The job could not be started: {why}."
            self._record(launch.folder, ExitKind.NOT_STARTED, detail, failure=why)

    def observe(self, folder: Path) -> Unstarted | Running | Exit:
        """The truth of this moment. What a lost shim left running is ended before it is called lost."""
        if (end := _read_exit(folder)) is not None:
            return end
        shim = job_folder.read_record(str(folder), job_folder.SHIM)
        if shim is None:
            return Unstarted()
        if process_identity.is_alive(shim):
            job = job_folder.read_record(str(folder), job_folder.JOB) or {}
            return Running(pid=job.get("pid", shim["pid"]), started_at=job.get("started_at", shim["taken_at"]))
        # The shim is gone; its exit record may have come between the two looks, so look once more.
        return _read_exit(folder) or self._lost(folder, shim)

    def terminate(self, folder: Path) -> None:
        """The tree is asked to stop; a job that is only about to start will not."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        job_folder.request_stop(str(folder))  # before the look for a shim: a later one sees the wish
        shim = job_folder.read_record(str(folder), job_folder.SHIM)
        process = process_identity.open_process(shim) if shim else None
        if process is None:
            return
        try:
            signal.pidfd_send_signal(process, signal.SIGTERM)
        except ProcessLookupError:
            pass
        finally:
            os.close(process)

    def wait_change(self, folders: Sequence[Path], timeout: float) -> None:
        poller = select.poll()
        descriptors: list[int] = []
        try:
            for folder in folders:
                shim = job_folder.read_record(str(folder), job_folder.SHIM)
                if shim is None:
                    continue
                process = process_identity.open_process(shim)
                if process is None:
                    return
                descriptors.append(process)
                poller.register(process, select.POLLIN)
            poller.poll(max(0.0, timeout) * 1000)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _message(self, launch: JobLaunch) -> dict[str, Any]:
        """The launch as the shim reads it."""
        document = self._sandbox.document(launch.policy)
        argv = list(launch.argv) if document is not None else self._sandbox.wrap(launch.argv, launch.policy)
        return {
            "job_id": launch.job_id,
            "folder": str(launch.folder.absolute()),
            "argv": argv,
            "cwd": str(launch.cwd),
            "env": dict(launch.env),
            "document": document,
            "gpus": list(launch.gpus),
            "memory_bytes": launch.policy.memory_bytes,
            "time_limit": launch.time_limit,
            "grace": launch.grace,
            "log_limit": launch.log_limit,
        }

    def _lost(self, folder: Path, shim: dict[str, Any]) -> Exit:
        rebooted = shim.get("boot") != process_identity.boot_id()  # a record without content: the power was cut
        if not rebooted:
            end_leftovers(shim["mark"])
        why = "The machine was restarted" if rebooted else "The process that watched over the job was killed"
        job = job_folder.read_record(str(folder), job_folder.JOB) or {}
        detail = f"{why} while the job ran; run it again."
        self._record(folder, ExitKind.LOST, detail, started_at=job.get("started_at"), rebooted=rebooted)
        end = _read_exit(folder)  # ours, or that of another observer who was faster
        if end is None:
            raise Unavailable(f"The exit record of the job in {folder} vanished; look again.")
        return end

    def _record(self, folder: Path, kind: ExitKind, detail: str, **facts: Any) -> None:
        record = {"kind": kind, "ended_at": unix_now(), "detail": detail, **facts}
        job_folder.publish(str(folder), job_folder.EXIT, record, durable=True)

    @property
    def _gpus(self) -> tuple[str, ...]:
        """UUIDs of the NVIDIA GPUs, or of their parts where they are divided.

        A driver that is not ready, as when the machine has just started, is asked again later.
        """
        if self._listed is None and monotonic() >= self._list_at:
            self._list_at = monotonic() + _GPU_AGAIN_SECONDS
            self._listed = _list_gpus()
        return self._listed or ()


def _list_gpus() -> tuple[str, ...] | None:
    """None: the driver's program is there and cannot say now."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, check=False, timeout=_GPU_LIST_SECONDS
        )
    except FileNotFoundError:
        return ()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return gpu_names(done.stdout) if done.returncode == 0 else None


def _read_exit(folder: Path) -> Exit | None:
    record = job_folder.read_record(str(folder), job_folder.EXIT)
    return None if not record else Exit(**{**record, "kind": ExitKind(record["kind"])})


def gpu_names(listing: str) -> tuple[str, ...]:
    """UUIDs in what `nvidia-smi -L` prints: of parts (MIG) where there are any, else of whole GPUs."""
    return tuple(_GPU_PART.findall(listing) or _GPU.findall(listing))
