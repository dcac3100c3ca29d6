"""main.py and module_spec.yml of a notebook's cells, on the wire."""

from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from openmo.notebooks.schemas import CellView, MistakeView, Translate
from openmo.notebooks.selection import CELL_LIMIT
from openmo.projects.publishing.preparing.proposal import ModulePreparation
from openmo.projects.publishing.preparing.service import ModuleFiles
from openmo.specs.files import dump_module_spec, module_spec_data
from openmo.specs.generate import is_generated
from openmo.specs.schemas import ParameterData
from openmo.specs.values import ModuleSpec


class ModuleSpecFields(TypedDict, total=False):
    """The plain values of a module_spec.yml, parameters by method; keys that we do not know are kept."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # pydantic's way to set up a typed dict

    input: dict[str, dict[str, ParameterData]]
    output: dict[str, dict[str, ParameterData]]


def module_spec_fields(spec: ModuleSpec) -> ModuleSpecFields:
    """The spec as API callers see it."""
    return cast("ModuleSpecFields", module_spec_data(spec))


class ModulePreparationDraft(BaseModel):
    """A notebook, and the cells that make the module by index or id; null: those that it needs."""

    notebook: dict[str, object]
    cells: list[int | str] | None = Field(default=None, max_length=CELL_LIMIT)


class ModulePreparationView(BaseModel):
    """The files that the cells make, not yet written."""

    cells: list[CellView]
    main: str
    problems: list[MistakeView]
    spec: ModuleSpecFields
    spec_yaml: str
    check: list[str]
    """Inputs and outputs whose type was guessed, as `input.method.name` and `output.method.name`."""

    @classmethod
    def of(cls, made: ModulePreparation, translate: Translate) -> "ModulePreparationView":
        return cls(
            cells=[CellView.of(cell, translate) for cell in made.cells],
            main=made.main,
            problems=[MistakeView.of(mistake, translate) for mistake in made.mistakes],
            spec=module_spec_fields(made.spec),
            spec_yaml=dump_module_spec(made.spec),
            check=list(_to_check(made.spec)),
        )


def _to_check(spec: ModuleSpec) -> Iterator[str]:
    for section, methods in (("input", spec.inputs), ("output", spec.outputs)):
        for method, parameters in methods.items():
            yield from (f"{section}.{method}.{each.key or each.name}" for each in parameters if each.check)


class ModuleSpecDraft(BaseModel):
    """A spec as edited in a form: plain values, as in module_spec.yml."""

    spec: dict[str, object]


class ModuleSpecView(BaseModel):
    """A spec, and the text of its file."""

    spec: ModuleSpecFields
    spec_yaml: str


class ModuleFilesView(BaseModel):
    """The two files that make a project a module; null where there is none."""

    main: str | None = None
    module_spec: str | None = None
    from_cells: bool = False
    """Whether main.py was made from a notebook's cells, not written by hand."""

    @classmethod
    def of(cls, files: ModuleFiles) -> "ModuleFilesView":
        made = is_generated(files.main or "")
        return cls(main=files.main, module_spec=files.module_spec, from_cells=made)


class ModuleFilesDraft(BaseModel):
    """The two files, to be written; null: there shall be none."""

    main: str | None
    module_spec: str | None
