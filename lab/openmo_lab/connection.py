"""Where the platform is and for which project this notebook server runs, as its spawner tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urljoin


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The platform's API, the project, and the token that may speak for its user."""

    api_url: str
    project: str
    public_url: str
    token: str = field(repr=False)
    kind: str = "app"
    """What the project makes: `app` or `module`."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self | None:
        """The connection, or None when this notebook server was not started by OpenMo.

        Reads `OPENMO_API_URL`, `OPENMO_PROJECT` ("owner/name"), `OPENMO_PROJECT_KIND`, `JUPYTERHUB_API_TOKEN`, and
        `OPENMO_PUBLIC_URL`, without which links to the platform's pages are relative to the notebook server's own host.
        """
        api_url, project, token = (
            environ.get(name, "") for name in ("OPENMO_API_URL", "OPENMO_PROJECT", "JUPYTERHUB_API_TOKEN")
        )
        owner, _, name = project.partition("/")
        if not (api_url and token and owner and name) or "/" in name:
            return None
        return cls(
            api_url=api_url,
            project=project,
            token=token,
            public_url=environ.get("OPENMO_PUBLIC_URL", ""),
            kind="module" if environ.get("OPENMO_PROJECT_KIND") == "module" else "app",
        )

    def api(self, path: str) -> str:
        """The URL of an API path that does not depend on the project."""
        return f"{self.api_url.rstrip('/')}/api/v1/{path}"

    def project_api(self, path: str) -> str:
        """The URL of an API path below this project."""
        return self.api(f"projects/{quote(self.project)}/{path}")

    def page(self, address: str) -> str:
        """A page's address as the browser needs it; `address` is as the platform says it, mostly without the host."""
        return urljoin(self.public_url.rstrip("/") + "/", address)

    def project_page(self) -> str:
        return self.page(f"projects/{quote(self.project)}")
