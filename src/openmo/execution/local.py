"""Runs jobs as processes of this machine, each held by a shim that outlives its caller (see `inside/shim.py`)."""

import logging
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic

from openmo.core.clock import unix_now
from openmo.core.errors import Unavailable
from openmo.core.messages import message
from openmo.core.plain import open_plain
from openmo.execution.executor import Capacity, Exit, ExitKind, JobLaunch, RunningProcess, Unstarted
from openmo.execution.inside import folder as job_folder
from openmo.execution.inside.records import ExitRecord, JobOrder, ShimRecord
from openmo.execution.lost import end_leftovers
from openmo.execution.records import read_exit, read_job, read_shim
from openmo.sandbox.policy import Sandbox
from openmo.system.child_python import child_argv
from openmo.system.start_ticks import boot_id
from openmo.wire.strict import WrongMessage

_SHIM = "openmo.execution.inside.shim"
_log = logging.getLogger(__name__)
_SPARE_PROCESSES = 64
"""So many more than a job may have are let start, so that its shim sees that it went too far, and says so."""
_ANSWER_TIMEOUT_SECONDS = 60.0
_GPU_LIST_TIMEOUT_SECONDS = 20.0
_GPU_RETRY_SECONDS = 30.0
_GPU = re.compile(r"^GPU \d+:.*\(UUID: (GPU-[^)]+)\)", re.MULTILINE)
_GPU_PART = re.compile(r"^\s+MIG .*\(UUID: (MIG-[^)]+)\)", re.MULTILINE)


class LocalExecutor:
    """Jobs on this machine; all state is in the job folders and in the operating system."""

    def __init__(self, sandbox: Sandbox, *, cpus: int = 0) -> None:
        """`cpus`: slots to offer; 0: the machine's cores."""
        self._sandbox = sandbox
        self._cpus = cpus
        self._held: dict[Path, ShimRecord] = {}
        """Who holds the running jobs, should their records be lost."""
        self._listed: tuple[str, ...] | None = None
        self._list_at = 0.0

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
        log = open_plain(launch.folder / job_folder.SHIM_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        with os.fdopen(log, "ab") as errors:
            shim = subprocess.Popen(
                child_argv(sys.executable, _SHIM),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd="/",
            )
        try:
            answer, _ = shim.communicate(self._order(launch).encode(), timeout=_ANSWER_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unavailable("The machine is too busy to start the job now.", retry_after=5.0) from None
        if not answer and isinstance(self.observe(launch.folder), Unstarted):
            output = (launch.folder / job_folder.SHIM_LOG).read_text(errors="replace").strip()
            why = output.splitlines()[-1] if output else f"its supervisor ended with {shim.returncode}"
            detail = f"The job could not be started: {why}."
            record = ExitRecord(kind=ExitKind.NOT_STARTED, ended_at=unix_now(), detail=detail, failure=why)
            _publish(launch.folder, record)

    def observe(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        """The truth of this moment. What a lost shim left running is ended before it is called lost."""
        try:
            end = read_exit(folder)
        except WrongMessage as error:
            # A shim writes the record last and ends: while it lives, whatever lies there is none of its.
            return self._held_by_shim(folder) or _unreadable(folder, error)
        if end is not None:
            self._held.pop(folder, None)
            return end
        # Looked at before the record, which a shim writes first: what is begun without one has lost it.
        begun = any(os.path.lexists(folder / name) for name in (job_folder.JOB, job_folder.LOG))
        try:
            shim = read_shim(folder) or self._held.get(folder)
        except WrongMessage:  # its content is gone, as after a power cut
            begun, shim = True, self._held.get(folder)
        if shim is None:
            return self._lost(folder, None) if begun else Unstarted()
        if shim.process.alive():
            self._held[folder] = shim
            return _running(folder, shim)
        self._held.pop(folder, None)
        # The shim is gone; its exit record may have come between the two looks, so look once more.
        return _read_end(folder) or self._lost(folder, shim)

    def terminate(self, folder: Path) -> None:
        """The tree is asked to stop; a job that is only about to start will not."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            job_folder.request_stop(str(folder))  # before the look for a shim: a later one sees the wish
        except OSError as error:
            failure: OSError | None = error  # a full disk; a shim that is there is told all the same
        else:
            failure = None
        shim = self._shim(folder)
        process = shim.process.open() if shim else None
        if process is None:
            if failure is not None:
                raise failure
            return
        try:
            signal.pidfd_send_signal(process, signal.SIGTERM)
        except ProcessLookupError:
            pass
        finally:
            os.close(process)

    def _held_by_shim(self, folder: Path) -> RunningProcess | None:
        shim = self._shim(folder)
        return _running(folder, shim) if shim is not None and shim.process.alive() else None

    def _shim(self, folder: Path) -> ShimRecord | None:
        """Who holds the job, as its record says or said before it was lost."""
        try:
            return read_shim(folder) or self._held.get(folder)
        except WrongMessage:
            return self._held.get(folder)

    def _order(self, launch: JobLaunch) -> JobOrder:
        """The launch as the shim reads it."""
        most = launch.policy.processes
        policy = replace(launch.policy, processes=None if most is None else most + _SPARE_PROCESSES)
        document = self._sandbox.document(policy)
        argv = list(launch.argv) if document is not None else self._sandbox.wrap(launch.argv, policy)
        return JobOrder(
            job_id=launch.job_id,
            folder=str(launch.folder.absolute()),
            argv=argv,
            cwd=str(launch.cwd),
            variables=dict(launch.variables),
            document=document,
            gpus=list(launch.gpus),
            memory_bytes=launch.policy.memory_bytes,
            processes=most,
            time_limit=launch.time_limit,
            grace=launch.grace,
            log_limit=launch.log_limit,
        )

    def _lost(self, folder: Path, shim: ShimRecord | None) -> Exit:
        rebooted = shim is None or shim.boot != boot_id()  # a record without content: the power was cut
        if shim is None or not rebooted:
            end_leftovers(f"{folder.name}-" if shim is None else shim.mark)
        why = "The machine was restarted" if rebooted else "The process that watched over the job was killed"
        job = read_job(folder)
        record = ExitRecord(
            kind=ExitKind.LOST,
            ended_at=unix_now(),
            detail=f"{why} while the job ran; run it again.",
            started_at=None if job is None else job.started_at,
            rebooted=rebooted,
        )
        try:
            _publish(folder, record)
        except (FileNotFoundError, NotADirectoryError):  # somebody has removed the job's folder
            detail = "The job's folder was removed."
            return Exit(kind=ExitKind.LOST, ended_at=record.ended_at, detail=detail, unrecorded=True)
        end = _read_end(folder)  # ours, or that of another observer who was faster
        if end is None:
            raise Unavailable(
                message("The exit record of the job in %(folder)s has vanished; try again.", folder=folder)
            )
        return end

    @property
    def _gpus(self) -> tuple[str, ...]:
        """UUIDs of the NVIDIA GPUs, or of their parts where they are divided.

        A driver that is not ready, as when the machine has just started, is asked again later.
        """
        if self._listed is None and monotonic() >= self._list_at:
            self._list_at = monotonic() + _GPU_RETRY_SECONDS
            self._listed = _list_gpus()
        return self._listed or ()


def _list_gpus() -> tuple[str, ...] | None:
    """None: the driver's program is there and cannot say now."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, check=False, timeout=_GPU_LIST_TIMEOUT_SECONDS
        )
    except FileNotFoundError:
        return ()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return gpu_names(done.stdout) if done.returncode == 0 else None


def _publish(folder: Path, record: ExitRecord) -> None:
    job_folder.publish(str(folder), job_folder.EXIT, record, durable=True)


def _read_end(folder: Path) -> Exit | None:
    try:
        return read_exit(folder)
    except WrongMessage as error:
        return _unreadable(folder, error)


def _unreadable(folder: Path, error: WrongMessage) -> Exit:
    """The end of a job whose exit record says nothing that can be."""
    path = folder / job_folder.EXIT
    _log.warning("the exit record %s is wrong: %s", path, error)
    detail = "The record of the job's end was damaged; run it again."
    return Exit(kind=ExitKind.LOST, ended_at=path.lstat().st_mtime, detail=detail, unrecorded=True)


def _running(folder: Path, shim: ShimRecord) -> RunningProcess:
    job = read_job(folder)
    if job is None:
        return RunningProcess(pid=shim.pid, started_at=shim.taken_at)
    return RunningProcess(pid=job.pid, started_at=job.started_at)


def gpu_names(listing: str) -> tuple[str, ...]:
    """UUIDs in what `nvidia-smi -L` prints: of parts (MIG) where there are any, else of whole GPUs."""
    return tuple(_GPU_PART.findall(listing) or _GPU.findall(listing))
