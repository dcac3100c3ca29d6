"""The form for a new job: what it holds as the user typed it, and the request that it means."""

import shlex

from pydantic import BaseModel

from openmo.core.amounts import memory_text, parse_memory, parse_seconds, time_text
from openmo.core.errors import InvalidInput
from openmo.jobs.values import Device, Job, JobRequest
from openmo.web.pages.forms import chosen, split_arguments


class NewJobForm(BaseModel):
    """Texts, since what cannot be read is shown again beside what is wrong with it."""

    script: str = ""
    job_name: str = ""
    args: str = ""
    device: str = Device.CPU
    cpus: str = "1"
    gpus: str = ""
    memory: str = ""
    time_limit: str = ""
    env: str = ""
    secrets: str = ""
    code_of: str = ""
    secrets_of: str = ""
    environment: str = "recorded"
    """`recorded` with that code, or `present`."""

    @classmethod
    def like(cls, job: Job) -> "NewJobForm":
        """As that job was asked for, of its own snapshot; its secrets stay where they are."""
        return cls(
            script=job.script,
            args=shlex.join(job.args),
            device=job.device,
            cpus=str(job.cpus),
            gpus=str(job.gpus or ""),
            memory=memory_text(job.memory_limit) if job.memory_limit else "",
            time_limit=time_text(job.time_limit) if job.time_limit else "",
            env="\n".join(f"{name}={value}" for name, value in job.env.items()),
            code_of=str(job.number),
            secrets_of=str(job.number) if job.secret_names else "",
        )

    def request(self) -> JobRequest:
        """Raises InvalidInput with the field that cannot be read."""
        device = chosen(Device, self.device, field="device")
        return JobRequest(
            script=self.script,
            name=self.job_name.strip(),
            args=split_arguments(self.args),
            env=_variables(self.env, field="env"),
            secrets=_variables(self.secrets, field="secrets"),
            device=device,
            cpus=_number(self.cpus, field="cpus") or 1,
            gpus=(_number(self.gpus, field="gpus") or 1) if device is Device.GPU else 0,
            memory_limit=parse_memory(self.memory),
            time_limit=parse_seconds(self.time_limit),
            code_of=_number(self.code_of, field="code_of"),
            present_environment=self.environment == "present",
            secrets_of=_number(self.secrets_of, field="secrets_of"),
        )


def _number(text: str, *, field: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidInput("Write a whole number.", field=field)
    return int(text)


def _variables(text: str, *, field: str) -> dict[str, str]:
    """One `NAME=value` a line; what is wrong is never repeated, since it may be a secret."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise InvalidInput("Write one variable on each line, as NAME=value.", field=field)
        found[name.strip()] = value
    return found
