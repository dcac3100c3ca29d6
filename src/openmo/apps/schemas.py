"""Apps on the wire."""

from dataclasses import asdict
from datetime import datetime
from typing import cast

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from openmo.apps.preparing.proposal import Preparation
from openmo.apps.releases.versions import ReleaseFacts
from openmo.apps.values import AppReading, Channel, Release, run_path
from openmo.core.messages import translated
from openmo.notebooks.schemas import CellView, MistakeView, Translate
from openmo.notebooks.selection import CELL_LIMIT
from openmo.projects.candidates.values import Candidates, FileReason
from openmo.specs.files import app_spec_data, dump_app_spec
from openmo.specs.schemas import ParameterData
from openmo.specs.values import Spec


class SpecData(TypedDict, total=False):
    """The plain values of an app_spec.yml; keys that we do not know are kept."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # pydantic's way to set up a typed dict

    input: dict[str, ParameterData]
    output: dict[str, ParameterData]


def spec_data(spec: Spec) -> SpecData:
    """The spec as API callers see it."""
    return cast("SpecData", app_spec_data(spec))


class CallToken(BaseModel):
    """A token that a page's calls of an app bear for ten minutes."""

    token: str


class ReleaseView(BaseModel):
    """A release as API callers see it."""

    version: str
    channel: Channel
    notes: str
    created_at: datetime
    spec: SpecData
    page: str
    run: str

    @classmethod
    def of(cls, release: Release) -> "ReleaseView":
        app = f"{release.owner}/{release.project}"
        return cls(
            version=release.version,
            channel=release.channel,
            notes=release.notes,
            created_at=release.created_at,
            spec=spec_data(release.spec),
            page=f"/projects/{app}/use",
            run=run_path(app),
        )


class ReleaseList(BaseModel):
    items: list[ReleaseView]


class NamesView(BaseModel):
    """Names that differ between two releases."""

    added: list[str]
    removed: list[str]
    changed: list[str]


class ChangesView(BaseModel):
    """How a release differs from the one before it."""

    before: str
    files: NamesView
    inputs: NamesView
    outputs: NamesView


class VersionView(BaseModel):
    """One release as its owner sees it among the others."""

    version: str
    channel: Channel
    answers: bool
    """Calls that name no version reach it."""
    notes: str
    created_at: datetime
    files: int
    bytes: int
    changes: ChangesView | None

    @classmethod
    def of(cls, facts: ReleaseFacts) -> "VersionView":
        release = facts.release
        return cls(
            version=release.version,
            channel=release.channel,
            answers=facts.answers,
            notes=release.notes,
            created_at=release.created_at,
            files=facts.files,
            bytes=facts.bytes,
            changes=None if facts.changes is None else ChangesView(**asdict(facts.changes)),
        )


class VersionList(BaseModel):
    """The development version first, then the largest."""

    items: list[VersionView]


class ReleaseDraft(BaseModel):
    """A release to be made."""

    version: str | None = None
    channel: Channel = Channel.RELEASE
    notes: str = ""
    files: list[str] | None = Field(default=None, max_length=10_000)
    """Paths of files or folders; null: all that a release may hold."""


class PromotionDraft(BaseModel):
    """A release to be made of the development version."""

    version: str | None = None
    notes: str = ""


class AppReadingView(BaseModel):
    """What deploying would publish."""

    spec: SpecData
    warnings: list[str]
    version: str

    @classmethod
    def of(cls, reading: AppReading, say: Translate) -> "AppReadingView":
        """`say`: into the reader's language."""
        warnings = [translated(each, say) for each in reading.warnings]
        return cls(spec=spec_data(reading.spec), warnings=warnings, version=reading.version)


class PreparationDraft(BaseModel):
    """A notebook, and the cells to deploy by index or id; null: those that the handler needs."""

    notebook: dict[str, object]
    cells: list[int | str] | None = Field(default=None, max_length=CELL_LIMIT)


class PreparationView(BaseModel):
    """The files that the cells make, not yet written."""

    cells: list[CellView]
    handler: str
    problems: list[MistakeView]
    spec: SpecData
    spec_yaml: str
    check: list[str]
    """Inputs and outputs whose type was guessed, as `input.name` and `output.name`."""

    @classmethod
    def of(cls, made: Preparation, say: Translate) -> "PreparationView":
        """`say`: into the reader's language."""
        return cls(
            cells=[CellView.of(cell, say) for cell in made.cells],
            handler=made.handler,
            problems=[MistakeView.of(mistake, say) for mistake in made.mistakes],
            spec=spec_data(made.spec),
            spec_yaml=dump_app_spec(made.spec),
            check=_to_check(made.spec),
        )


class SpecDraft(BaseModel):
    """A spec as edited in a form: plain values, as in app_spec.yml."""

    spec: dict[str, object]


class SpecView(BaseModel):
    """A spec, and the text of its file."""

    spec: SpecData
    spec_yaml: str


class AppFiles(BaseModel):
    """The two files that make a project an app; null where there is none."""

    handler: str | None = None
    app_spec: str | None = None
    from_cells: bool = False
    """Whether handler.py was made from a notebook's cells, not written by hand."""


class AppFilesDraft(BaseModel):
    """The two files, to be written."""

    handler: str
    app_spec: str


class CandidateView(BaseModel):
    """One file that a release could hold."""

    path: str
    bytes: int
    ticked: bool
    reason: FileReason | None
    needed_by: str


class CandidateList(BaseModel):
    """Needed files first."""

    items: list[CandidateView]
    truncated: bool

    @classmethod
    def of(cls, found: Candidates) -> "CandidateList":
        fields = CandidateView.model_fields
        items = [CandidateView(**{name: getattr(item, name) for name in fields}) for item in found.items]
        return cls(items=items, truncated=found.truncated)


def _to_check(spec: Spec) -> list[str]:
    sections = (("input", spec.inputs), ("output", spec.outputs))
    return [
        f"{section}.{each.key or each.name}" for section, parameters in sections for each in parameters if each.check
    ]
