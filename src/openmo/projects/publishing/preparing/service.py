"""Making main.py and module_spec.yml of a notebook's cells, and writing them."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import InvalidInput, NotFound, TooLarge
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.languages.language import ENGLISH, Language
from openmo.projects.publishing.kinds import check_makes_module
from openmo.projects.publishing.preparing.proposal import ModulePreparation, prepare_module
from openmo.projects.publishing.skeleton import MAIN, module_name
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.specs.errors import SpecError
from openmo.specs.files import MODULE_SPEC, load_module_spec

SOURCE_LIMIT = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFiles:
    """The two files that make a project a module; None where there is none."""

    main: str | None
    module_spec: str | None


class ModulePreparing:
    """Makes main.py and module_spec.yml of a notebook's cells."""

    def __init__(self, projects: ProjectService) -> None:
        self._projects = projects

    def prepare(
        self,
        actor: Actor,
        project: Project,
        notebook: Mapping[str, object],
        chosen: Sequence[int | str] | None = None,
        *,
        language: Language = ENGLISH,
    ) -> ModulePreparation:
        """What the chosen cells (None: those proposed) would make; nothing is written or run.

        `language` is that of what main.py says of itself. Raises Conflict for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        check_makes_module(project)
        kept = None
        with contextlib.suppress(SpecError):  # one that cannot be read has nothing to keep
            text = self.read(actor, project).module_spec
            kept = None if text is None else load_module_spec(text)
        return prepare_module(notebook, chosen, name=module_name(project.name), kept=kept, language=language)

    def read(self, actor: Actor, project: Project) -> ModuleFiles:
        """Both files as they are; raises InvalidInput."""
        check(actor, Verb.PREPARE, project.thing())
        workspace = self._projects.folders(project).workspace
        return ModuleFiles(main=_text(workspace, MAIN), module_spec=_text(workspace, MODULE_SPEC))

    def write(self, actor: Actor, project: Project, files: ModuleFiles) -> ModuleFiles:
        """Both files are so in the workspace; returns those that were there, so that it can be taken back.

        Raises SpecFileError and InvalidInput before anything is written, Conflict for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        check_makes_module(project)
        before = self.read(actor, project)
        if files.module_spec is not None and files.module_spec != before.module_spec:
            load_module_spec(files.module_spec)
        named = {MAIN: files.main, MODULE_SPEC: files.module_spec}
        texts = {name: None if text is None else _bytes(text, name) for name, text in named.items()}
        workspace = self._projects.folders(project).workspace
        for name, data in texts.items():
            if data is not None:
                workspace.write(name, data)
            elif workspace.has_file(name):
                workspace.below(name).remove()
        self._projects.touch(project)
        return before


def _text(workspace: HostileFolder, name: str) -> str | None:
    try:
        data, _ = read_inside(workspace, name, limit=SOURCE_LIMIT)
    except NotFound:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            message("%(name)s is not UTF-8 text: save it as UTF-8.", name=name), field="files"
        ) from error


def _bytes(text: str, name: str) -> bytes:
    if len(text) > SOURCE_LIMIT:
        raise TooLarge(message("%(name)s may have %(limit)s characters.", name=name, limit=f"{SOURCE_LIMIT:,}"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(message("%(name)s is not text that UTF-8 can write.", name=name), field="files") from error
