"""What all pages of one module show above their content."""

from dataclasses import dataclass
from urllib.parse import urlencode

from openmo.accounts.access import may
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.modules.trying.service import may_call
from openmo.modules.values import Module, ModuleVersion
from openmo.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleHead:
    """The module, the version that the page is about, and what its reader may."""

    module: Module
    shown: ModuleVersion
    """The newest version, unless the address names another."""
    tab: str
    """`overview`, `try`, `files` or `settings`."""
    favourite: bool
    may_try: bool
    """Whether the reader may call it from its page."""
    may_change: bool
    may_yank: bool
    pickles: tuple[str, ...]
    """Files of the version that seem to be pickles."""
    project: str
    """`owner/name` of the project that the reader came from; empty: from none."""

    @property
    def address(self) -> str:
        return f"/modules/{self.module.owner}/{self.module.name}"

    @property
    def is_newest(self) -> bool:
        return self.shown.version == self.module.version or not self.module.version

    @property
    def version_query(self) -> str:
        """Names the version in the address of a page about it; empty for the newest."""
        return (
            "" if self.is_newest and self.shown.version != "dev" else f"?{urlencode({'version': self.shown.version})}"
        )

    @property
    def query(self) -> str:
        """The same, with the project that the reader came from."""
        version = {} if not self.version_query else {"version": self.shown.version}
        project = {"project": self.project} if self.project else {}
        return f"?{urlencode({**version, **project})}" if version or project else ""


def module_head(
    services: Services, actor: Actor, owner: str, name: str, *, tab: str, version: str = "", project: str = ""
) -> ModuleHead:
    """Raises NotFound, also for what the actor may not see."""
    module = services.modules.get(actor, owner, name)
    shown = services.modules.version(actor, module, version)
    thing = module.thing()
    return ModuleHead(
        module=module,
        shown=shown,
        tab=tab,
        favourite=services.modules.is_favourite(actor, module),
        may_try=may_call(actor, module),
        may_change=may(actor, Verb.CHANGE, thing),
        may_yank=may(actor, Verb.MANAGE, thing),
        pickles=services.module_files.pickles(actor, module, shown),
        project=project,
    )
