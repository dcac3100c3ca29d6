"""From a project's notebook and handler to what a release of it would be; nothing is released here."""

import contextlib
from collections.abc import Mapping, Sequence

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.preparing.candidates import release_candidates
from openmo.apps.preparing.proposal import APP_SPEC, HANDLER, Preparation, prepare_app, spec_differences
from openmo.apps.preparing.source import SOURCE_LIMIT, bytes_of, text_of
from openmo.apps.repository import ReleaseRepository
from openmo.apps.values import AppReading
from openmo.core.errors import Conflict, NotFound
from openmo.core.messages import message
from openmo.core.versions import FIRST, Version
from openmo.db.engine import Database
from openmo.languages.language import ENGLISH, Language
from openmo.projects.candidates.values import Candidates
from openmo.projects.files import ProjectFileService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project, ProjectKind
from openmo.specs.errors import SpecError
from openmo.specs.examples import example_problems
from openmo.specs.files import load_app_spec
from openmo.specs.handler import read_handler
from openmo.specs.values import Spec
from openmo.specs.warnings import WarningKind


class PreparingService:
    """Reads what deploying would publish, and writes handler.py and app_spec.yml."""

    def __init__(self, database: Database, projects: ProjectService, files: ProjectFileService) -> None:
        self._database = database
        self._projects = projects
        self._files = files

    def check(self, actor: Actor, project: Project) -> AppReading:
        """What deploying would publish; raises NotFound (no handler.py) and SpecError."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        spec, warnings, _ = self.read(actor, project)
        return AppReading(spec=spec, warnings=warnings, version=self.next_version(project))

    def prepare(
        self,
        actor: Actor,
        project: Project,
        notebook: Mapping[str, object],
        chosen: Sequence[int | str] | None = None,
        *,
        language: Language = ENGLISH,
    ) -> Preparation:
        """What the chosen cells of a notebook would make of handler.py and app_spec.yml; nothing is written or run.

        `language` is that of what handler.py says of itself.
        """
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        check_makes_app(project)
        text = self._own_text(actor, project, APP_SPEC)
        kept = None
        with contextlib.suppress(SpecError):  # one that cannot be read has nothing to keep
            kept = None if text is None else load_app_spec(text, APP_SPEC)
        return prepare_app(notebook, chosen, kept=kept, language=language)

    def files(self, actor: Actor, project: Project) -> dict[str, str]:
        """The present text of handler.py and app_spec.yml, as far as they are there."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        texts = {name: self._own_text(actor, project, name) for name in (HANDLER, APP_SPEC)}
        return {name: text for name, text in texts.items() if text is not None}

    def write_files(self, actor: Actor, project: Project, *, handler: str, app_spec: str) -> AppReading:
        """Both files are in the workspace, and read back; raises SpecFileError before anything is written."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        check_makes_app(project)
        load_app_spec(app_spec, APP_SPEC)
        files = {HANDLER: bytes_of(handler, HANDLER), APP_SPEC: bytes_of(app_spec, APP_SPEC)}
        workspace = self._projects.folders(project).workspace
        for name, data in files.items():
            workspace.write(name, data)
        return self.check(actor, project)

    def candidates(self, actor: Actor, project: Project) -> Candidates:
        """The files that the next release could hold, and which of them the app is known to need."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        check_makes_app(project)
        return release_candidates(self._projects.folders(project).workspace)

    def read(self, actor: Actor, project: Project) -> tuple[Spec, tuple[str, ...], bool]:
        """The spec to publish, its warnings, and whether it comes from app_spec.yml."""
        check_makes_app(project)
        try:
            source, _ = self._files.read(actor, project, HANDLER, limit=SOURCE_LIMIT)
        except NotFound as error:
            raise NotFound(
                message(
                    "%(project)s has no handler.py: write one with a function handle(conf), then deploy again.",
                    project=project.full_name,
                )
            ) from error
        reading = read_handler(text_of(source, HANDLER), HANDLER)
        found = reading.warnings
        try:
            text, _ = self._files.read(actor, project, APP_SPEC, limit=SOURCE_LIMIT)
        except NotFound:
            return reading.spec, tuple(each.message for each in found), False
        spec = load_app_spec(text_of(text, APP_SPEC), APP_SPEC)
        warnings = [each.message for each in found if not (spec.inputs and each.kind is WarningKind.NO_INPUT)]
        examples = example_problems(spec, lambda path: self._has_file(actor, project, path))
        return spec, (*warnings, *spec_differences(reading.spec, spec), *examples), True

    def _has_file(self, actor: Actor, project: Project, path: str) -> bool:
        try:
            self._files.read(actor, project, path, limit=1)
        except NotFound:
            return False
        return True

    def _own_text(self, actor: Actor, project: Project, name: str) -> str | None:
        try:
            data, _ = self._files.read(actor, project, name, limit=SOURCE_LIMIT)
        except NotFound:
            return None
        return text_of(data, name)

    def last_version(self, project: Project) -> Version | None:
        """The largest version that a release of the project ever had."""
        with self._database.read() as connection:
            used = ReleaseRepository(connection).versions_ever(project.id)
        return max(map(Version.parse, used), default=None)

    def next_version(self, project: Project) -> str:
        """What the next release is called where nobody says otherwise."""
        last = self.last_version(project)
        return str(last.next_minor() if last else FIRST)


def check_makes_app(project: Project) -> None:
    """Raises Conflict for a project that makes a module."""
    if project.kind is ProjectKind.MODULE:
        raise Conflict(
            "This project makes a module: publish it, so that others can import it. Only projects of apps are deployed."
        )
