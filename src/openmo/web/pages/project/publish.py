"""Publishing the module that a project makes: what is in it, the check's report, and the version that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.core.catalogue import Category
from openmo.core.errors import Forbidden, NotSignedIn, OpenMoError
from openmo.core.visibility import Visibility
from openmo.environments.service import EnvironmentBuilding
from openmo.languages.language import Language, translations
from openmo.modules.checking.values import CheckReport
from openmo.modules.values import DEV
from openmo.projects.publishing.candidates import VersionFile
from openmo.projects.publishing.schemas import ChangeView, ProblemView
from openmo.projects.publishing.values import ModuleCheckFailed, ModulePlan, ModuleUnchanged, PublishDraft
from openmo.specs.module import ModuleKind
from openmo.specs.values import MODULE_METHODS
from openmo.web.pages.app.fields import AppField, app_fields
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.services import Services

router = APIRouter(prefix="/projects/{owner}/{name}/publish")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishForm:
    """What the form holds, as the owner typed it."""

    version: str
    channel: str = "release"
    """`release`, or `dev` for the development version."""
    title: str
    description: str
    category: str
    tags: str
    visibility: str
    notes: str = ""
    again: bool = False
    """Also where nothing has changed since the last version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodTable:
    name: str
    inputs: tuple[AppField, ...]
    outputs: tuple[AppField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPage:
    head: ProjectHead
    form: PublishForm
    module: str
    """`owner/name`."""
    kind: str
    """`model` or `toolkit`; empty: main.py cannot be read."""
    methods: tuple[MethodTable, ...]
    problems: tuple[ProblemView, ...]
    warnings: tuple[ProblemView, ...]
    files: tuple[VersionFile, ...]
    chosen: frozenset[str]
    """The paths that are ticked."""
    truncated: bool
    last: str
    has_dev: bool
    exists: bool
    """Whether anything was published yet."""
    stays_public: bool
    bump: str
    """What the changes demand of the number; empty: there is nothing to compare with."""
    changes: tuple[ChangeView, ...]
    unchanged_since: str
    categories: tuple[Category, ...] = tuple(Category)
    published: str = ""
    """The version that was published just now."""
    passed: bool = False
    """Whether it was checked just now, and found good."""
    log: str = ""
    """The end of what the module printed while it was tried."""
    building: str = ""
    """Where the form is sent again, since an environment is being built; empty: none is."""
    errors: dict[str, str] = field(default_factory=dict)
    repeats: str = ""
    """The version that has the very same files, where publishing them once more was refused."""


@router.get("", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
@router.get("/check", dependencies=needs(Kind.PROJECT, Verb.PREPARE))  # where a switch of languages leads after a check
def publish_form(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, published: str = ""
) -> Response:
    """What main.py declares, the files of a version, and what people are told of the module."""
    page = _page(services, actor, language, (owner, name), published=published)
    return render(request, "project/publish.html", page)


@router.post("/skeleton", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def begin(
    *,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    module_kind: Annotated[str, Form()] = "",
) -> Response:
    """A project without main.py has one that works."""
    project = services.projects.get(actor, owner, name)
    check(actor, Verb.PREPARE, project.thing())
    services.publishing.begin(actor, project, chosen(ModuleKind, module_kind, field="module_kind"), language=language)
    return go(f"/projects/{owner}/{name}/publish")


def _form(
    *,
    version: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "release",
    title: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = Category.OTHER,
    tags: Annotated[str, Form()] = "",
    visibility: Annotated[str, Form()] = Visibility.PRIVATE,
    notes: Annotated[str, Form()] = "",
    again: Annotated[bool, Form()] = False,
) -> PublishForm:
    return PublishForm(
        version=version.strip(),
        channel=channel,
        title=title.strip(),
        description=description.strip(),
        category=category,
        tags=tags,
        visibility=visibility,
        notes=notes.strip(),
        again=again,
    )


@router.post("", dependencies=needs(Kind.PROJECT, Verb.PUBLISH))
def publish(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    form: Annotated[PublishForm, Depends(_form)],
    files: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The page again, with a link to the version that is published now, or with what is wrong."""
    project = services.projects.get(actor, owner, name)
    try:
        draft = _draft(form, files or [])
        module = services.publishing.publish(actor, project, draft)
    except (Forbidden, NotSignedIn):
        raise
    except OpenMoError as error:
        page = _page(services, actor, language, (owner, name), form=form, files=files or [], error=error)
        page = replace(page, building=page.building and f"{page.head.address}/publish")
        return render(request, "project/publish.html", page, status=error.status)
    return go(f"/projects/{owner}/{name}/publish?published={DEV if draft.dev else module.version}")


@router.post("/check", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def check_only(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    form: Annotated[PublishForm, Depends(_form)],
    files: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The page again with what was typed and what the check says; nothing is published."""
    project = services.projects.get(actor, owner, name)
    try:
        report = services.publishing.check(actor, project, files or [])
    except (Forbidden, NotSignedIn):
        raise
    except OpenMoError as error:
        page = _page(services, actor, language, (owner, name), form=form, files=files or [], error=error)
        return render(request, "project/publish.html", page, status=error.status)
    page = _page(services, actor, language, (owner, name), form=form, files=files or [], report=report)
    return render(request, "project/publish.html", page)


def _draft(form: PublishForm, files: Sequence[str]) -> PublishDraft:
    return PublishDraft(
        version=form.version or None,
        dev=form.channel == DEV,
        notes=form.notes,
        files=files,
        title=form.title,
        description=form.description,
        category=chosen(Category, form.category, field="category"),
        tags=form.tags.replace("，", ",").split(","),
        visibility=chosen(Visibility, form.visibility, field="visibility"),
        again=form.again,
    )


def _page(
    services: Services,
    actor: Actor,
    language: Language,
    names: tuple[str, str],
    *,
    form: PublishForm | None = None,
    files: Sequence[str] | None = None,
    error: OpenMoError | None = None,
    report: CheckReport | None = None,
    published: str = "",
) -> PublishPage:
    head = project_head(services, actor, *names, tab="publish")
    check(actor, Verb.PREPARE, head.project.thing())
    plan = services.publishing.plan(actor, head.project)
    say = translations(language).gettext
    found = error.report if isinstance(error, ModuleCheckFailed) else report
    problems, warnings = (found.problems, found.warnings) if found else (plan.problems, plan.warnings)
    return PublishPage(
        head=head,
        form=form or _first_form(plan),
        module=plan.name,
        kind=plan.kind or "",
        methods=_methods(plan),
        problems=tuple(ProblemView.of(each, say) for each in problems),
        warnings=tuple(ProblemView.of(each, say) for each in warnings),
        files=plan.files.items,
        chosen=frozenset(plan.files.needed if files is None else files),
        truncated=plan.files.truncated,
        last=plan.last,
        has_dev=plan.has_dev,
        exists=plan.module is not None,
        stays_public=plan.words.stays_public,
        bump=(report or plan).bump or "",
        changes=tuple(ChangeView.of(each, say) for each in (report or plan).changes),
        unchanged_since=plan.unchanged_since,
        published=published,
        passed=report is not None and report.ok,
        log=found.log if found else "",
        building=f"{head.address}/publish/check" if isinstance(error, EnvironmentBuilding) else "",
        repeats=str(error.fields["unchanged_since"]) if isinstance(error, ModuleUnchanged) else "",
        errors={}
        if error is None or found or isinstance(error, EnvironmentBuilding | ModuleUnchanged)
        else field_errors(error, language),
    )


def _first_form(plan: ModulePlan) -> PublishForm:
    words = plan.words
    return PublishForm(
        version=plan.version,
        title=words.title,
        description=words.description,
        category=words.category,
        tags=", ".join(words.tags),
        visibility=words.visibility,
    )


def _methods(plan: ModulePlan) -> tuple[MethodTable, ...]:
    spec = plan.spec
    if spec is None:
        return ()
    return tuple(
        MethodTable(
            name=method,
            inputs=app_fields(spec.inputs.get(method, ())),
            outputs=app_fields(spec.outputs.get(method, ()), prefix="out"),
        )
        for method in MODULE_METHODS
        if method in spec.inputs or method in spec.outputs
    )
