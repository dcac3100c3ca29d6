"""One frozen Settings object, built once in `bootstrap` and passed down."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from openmo.config.origins import ProjectOrigins
from openmo.core.errors import InvalidInput, OpenMoError
from openmo.core.hostile.paths import kept
from openmo.core.messages import message

_PREFIX = "OPENMO_"
_SECRET = re.compile(rb"[0-9a-f]{64}")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between installations. Every field can come from `OPENMO_<FIELD>`."""

    data: Path
    """The data folder: all state of this installation lives below it."""
    host: str = "127.0.0.1"
    """Address that the proxy listens on. Anything but loopback needs an authenticator."""
    port: int = 8000
    """Public port; 0: any free one."""
    public_url: str = ""
    """Where browsers find the site if a server with TLS is in front, as `https://openmo.example.org`; empty: here."""
    project_domain: str = ""
    """Each JupyterLab answers at `<slug>.<this domain>`, whose names must all lead here; empty: `localhost` on
    one's own machine, elsewhere as with `none`: all share the site's address (see docs/explanation/isolation.md)."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in the data folder."""
    samples: bool = True
    """Whether sample content is built at the first start."""
    local_user: str = ""
    """Laptop mode: the one account that the sign-in link signs in; empty: the operating system's user."""
    authenticator: str = ""
    """JupyterHub authenticator (entry point name or class); empty: laptop mode."""
    environments: Path | None = None
    """Where environments of user code are built; None: `environments` in the data folder."""
    allow_unsandboxed: bool = False
    """Serve several users although nothing isolates them."""
    system_calls: str = ""
    """Risky system calls that kernels, jobs and apps may make all the same, by group and separated by commas:
    `io_uring`, `keys`, `namespaces`, `sockets`, `tracing`; empty: none."""
    low_space_mb: int = 512
    """Space on the data folder's disk, in MiB, below which no job, upload or release begins; with a quarter of it left,
    jobs that fill the disk are ended. 0: neither."""
    cpus: int = 0
    """CPU slots for jobs; 0: the machine's cores."""
    processes: int = 4096
    """Processes and threads that a job, or a JupyterLab server with its kernels and terminals, may have at once;
    0: any number."""
    app_calls_per_minute: int = 0
    """Calls of apps that one caller (an account, or a stranger's address) may make each minute; 0: any number."""
    app_timeout: int = 600
    """The longest call of an app that its owner may allow, in seconds."""
    app_memory_mb: int = 8192
    """The most memory that an owner may give each worker of an app, in MiB."""
    app_workers: int = 8
    """The most workers at once that an owner may give an app."""
    app_cpus: int = 4
    """The most cores that an owner may give each worker of an app."""
    app_body_mb: int = 256
    """The largest request that an owner may let an app accept, in MiB."""

    @property
    def folder(self) -> "DataFolder":
        return DataFolder(self.data)

    @property
    def laptop(self) -> bool:
        """One local user, loopback only."""
        return not self.authenticator

    @property
    def most_processes(self) -> int | None:
        """As a sandbox's ceiling; None: none."""
        return self.processes or None

    @property
    def allowed_system_calls(self) -> tuple[str, ...]:
        """Names of groups, as they were given."""
        return tuple(name.strip() for name in self.system_calls.split(",") if name.strip())

    def site_seen_by_projects(self, listening_url: str) -> str:
        """Where JupyterLab links to pages: relatively (empty) where frames show them at the project's own address."""
        return "" if self.project_origins.domain else self.public_url.rstrip("/") or listening_url

    @property
    def project_origins(self) -> ProjectOrigins:
        """Where projects answer."""
        own = "localhost" if self.laptop and not self.public_url else ""
        domain = "" if self.project_domain == "none" else self.project_domain.lower() or own
        return ProjectOrigins(domain, site=urlsplit(self.public_url).hostname or "")

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Names that browsers may call the pages by; empty: any."""
        public = urlsplit(self.public_url).hostname
        return (*_LOOPBACK_NAMES, *((public,) if public else ())) if self.laptop else ()

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'openmo.sqlite'}"

    @property
    def environments_folder(self) -> Path:
        return self.environments or self.data / "environments"

    def variables(self) -> dict[str, str]:
        """These settings as environment variables for a child process."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {f"{_PREFIX}{name.upper()}": _to_text(value) for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Names of everything below the data folder."""

    root: Path

    @property
    def run(self) -> Path:
        """Secrets and state of the running installation; 0700."""
        return self.root / "run"

    @property
    def hub(self) -> Path:
        return self.root / "hub"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def modules(self) -> Path:
        return self.root / "modules"

    @property
    def projects(self) -> Path:
        return self.root / "projects"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    def prepare(self) -> None:
        """All folders exist; the data folder is readable by its owner alone."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)  # it may have been there before; the SQLite file lies right in it
        for path in (
            self.run,
            self.hub,
            self.logs,
            self.store,
            self.datasets,
            self.modules,
            self.projects,
            self.jobs,
            self.releases,
            self.uploads,
        ):
            try:
                path.mkdir(mode=0o700, exist_ok=True)
            except FileExistsError:
                raise OpenMoError(
                    message("%(path)s must be a folder, and is a file: move it away, or restore a backup.", path=path)
                ) from None

    def secret(self, name: str) -> str:
        """A random secret of this installation (64 hexadecimal digits), made at the first asking.

        A damaged one is made anew: what was signed with it counts no more.
        """
        path = self.run / f"{name}.secret"
        return kept(path, lambda: os.urandom(32).hex().encode(), is_secret).decode().strip()


def is_secret(data: bytes) -> bool:
    """Whether a file with these bytes holds a secret."""
    return _SECRET.fullmatch(data.strip()) is not None


def default_data_folder(environ: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/openmo`, or its usual place in the home folder."""
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".local" / "share")
    return Path(base) / "openmo"


def load_settings(environ: Mapping[str, str], **options: object) -> Settings:
    """Settings from options (None: not given), then the environment, then defaults; raises InvalidInput."""
    values: dict[str, object] = {}
    for field in fields(Settings):
        if options.get(field.name) is not None:
            values[field.name] = options[field.name]
        elif (text := environ.get(f"{_PREFIX}{field.name.upper()}")) not in (None, ""):
            values[field.name] = _from_text(field.name, field.type, str(text))
    values.setdefault("data", default_data_folder(environ))
    for name in ("data", "environments"):
        if name in values:
            values[name] = Path(str(values[name])).expanduser().absolute()
    return msgspec.convert(values, Settings)


def _to_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _from_text(name: str, annotation: object, text: str) -> object:
    if annotation is bool:
        return text.lower() in ("1", "true", "yes", "on")
    if annotation is int:
        try:
            return int(text)
        except ValueError:
            raise InvalidInput(
                message(
                    "%(prefix)s%(name)s must be a whole number, not %(text)s.",
                    prefix=_PREFIX,
                    name=name.upper(),
                    text=repr(text),
                ),
                field=name,
            ) from None
    return text
