"""The addresses of projects: each project's JupyterLab has a host name, and so a browser's origin, of its own.

To a browser, scripts of `a.localhost` and of `localhost` are strangers: neither reads the other's pages or acts there.
"""

import re
from dataclasses import dataclass

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True, slots=True)
class ProjectOrigins:
    """`<slug>.<domain>`, at the port at which the site itself is asked."""

    domain: str = ""
    """Empty: projects share the site's own address."""
    site: str = ""
    """The site's own name as browsers use it, where that lies below the domain, too; no project has it."""

    def host(self, slug: str, site_host: str) -> str:
        """The Host of that project, for somebody who asked the site as `site_host`; empty where they share one."""
        name = f"{slug}.{self.domain}"
        if not self.domain or not _SLUG.fullmatch(slug) or name == self.site:
            return ""
        return f"{name}{_port(site_host)}"

    def source(self, site_host: str) -> str:
        """All projects' addresses, as a Content-Security-Policy of the site names them; empty where they share one."""
        return f"*.{self.domain}{_port(site_host)}" if self.domain else ""

    def slug(self, host: str) -> str | None:
        """The project that a request for this Host is about; None: it is for the site."""
        name = host.removesuffix(_port(host)).lower()
        if name == self.site:
            return None
        slug = name.removesuffix(f".{self.domain}") if self.domain else name
        return slug if slug != name and _SLUG.fullmatch(slug) else None

    def describe(self) -> str:
        """What holds in a browser, in one sentence."""
        if self.domain:
            return f"Each project's JupyterLab has an address of its own, <project>.{self.domain}."
        return "All projects share one address: a script in a JupyterLab page can act as whoever opened it."


SHARED = ProjectOrigins()
"""All at the site's own address."""


def _port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return f":{port}" if colon and port.isdigit() and not name.endswith(":") else ""
