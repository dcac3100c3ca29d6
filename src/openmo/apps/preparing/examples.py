"""The examples that owners choose for their app's page: kept in the project, and part of each release made after."""

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.preparing.proposal import APP_SPEC, HANDLER
from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.messages import message
from openmo.core.text import one_line
from openmo.projects.files import ProjectFileService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.specs.errors import SpecError
from openmo.specs.examples import (
    EXAMPLES,
    MAX_EXAMPLES,
    Example,
    entry_key,
    is_example,
    listed_entries,
    read_examples,
    replace_examples,
    write_example,
)
from openmo.specs.files import dump_app_spec, load_app_spec
from openmo.specs.handler import read_handler
from openmo.specs.values import Spec

_SOURCE_LIMIT = 4 << 20
_NAME_LENGTH = 80
_UNSAFE = re.compile(r"[^\w.-]+")
Change = Callable[[list[object], Spec], None]


class Move(StrEnum):
    """What may be done to an example in its list."""

    UP = "up"
    DOWN = "down"
    DELETE = "delete"


class ExampleService:
    """Examples in a project's app_spec.yml, with their files below `examples/`."""

    def __init__(self, projects: ProjectService, files: ProjectFileService) -> None:
        self._projects = projects
        self._files = files
        self._changing = threading.Lock()  # one process serves the pages

    def of(self, actor: Actor, project: Project) -> tuple[Example, ...]:
        """The examples that the next release would have; none where app_spec.yml cannot be read."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        try:
            return read_examples(load_app_spec(self._text(actor, project), APP_SPEC))
        except (SpecError, NotFound, InvalidInput):
            return ()

    def add(
        self,
        actor: Actor,
        project: Project,
        *,
        name: str,
        values: Mapping[str, object],
        files: Mapping[str, tuple[str, bytes]],
    ) -> tuple[Example, ...]:
        """One more example; `files` holds a name and the content by input. Raises InvalidInput, SpecError, Conflict."""
        name = one_line(name, what="An example's name", limit=_NAME_LENGTH, field="name")
        stored = {key: _sample_path(file, data) for key, (file, data) in files.items()}

        def append(entries: list[object], spec: Spec) -> None:
            if len(entries) >= MAX_EXAMPLES:
                raise Conflict(message("An app has up to %(number)s examples: delete one first.", number=MAX_EXAMPLES))
            unknown = sorted({*values, *stored} - {each.name for each in spec.inputs})
            if unknown:
                raise Conflict(
                    message(
                        "The project's handler has no input %(name)s any more: deploy it first, then save.",
                        name=repr(unknown[0][:80]),
                    )
                )
            entries.append(write_example(Example(name=name, values=values, files=stored)))

        return self._change(actor, project, append, {stored[key]: files[key][1] for key in files})

    def move(self, actor: Actor, project: Project, key: str, move: Move) -> tuple[Example, ...]:
        """An example goes up, down or away (its files stay in the project); raises Conflict when it has changed."""

        def change(entries: list[object], _spec: Spec) -> None:
            at = _place(entries, key)
            if move is Move.DELETE:
                del entries[at]
                return
            shown = [index for index, entry in enumerate(entries) if is_example(entry)]
            place = shown.index(at) + (-1 if move is Move.UP else 1)
            if 0 <= place < len(shown):
                entries[at], entries[shown[place]] = entries[shown[place]], entries[at]

        return self._change(actor, project, change)

    def rename(self, actor: Actor, project: Project, key: str, name: str) -> tuple[Example, ...]:
        """The example has that name; raises Conflict when it has changed, InvalidInput."""
        name = one_line(name, what="An example's name", limit=_NAME_LENGTH, field="name")

        def change(entries: list[object], _spec: Spec) -> None:
            at = _place(entries, key)
            entry = entries[at]
            entries[at] = {"name": name, **(entry if isinstance(entry, dict) else {})} | {"name": name}

        return self._change(actor, project, change)

    def _change(
        self, actor: Actor, project: Project, change: Change, files: Mapping[str, bytes] | None = None
    ) -> tuple[Example, ...]:
        """The list afterwards, written into app_spec.yml; its other lines, comments and entries stay."""
        check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
        workspace = self._projects.folders(project).workspace
        with self._changing:
            text = self._text(actor, project)
            spec = load_app_spec(text, APP_SPEC)
            entries = listed_entries(spec)
            change(entries, spec)
            written = _rewritten(text, spec, entries)
            for path, data in (files or {}).items():
                workspace.write(path, data, folders=True)
            workspace.write(APP_SPEC, written.encode())
        self._projects.touch(project)
        return read_examples(load_app_spec(written, APP_SPEC))

    def _text(self, actor: Actor, project: Project) -> str:
        """app_spec.yml, or what it would be for the handler as it is."""
        try:
            data, _ = self._files.read(actor, project, APP_SPEC, limit=_SOURCE_LIMIT)
        except NotFound:
            source, _ = self._files.read(actor, project, HANDLER, limit=_SOURCE_LIMIT)
            return dump_app_spec(read_handler(source.decode("utf-8", "replace"), HANDLER).spec)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise InvalidInput(message("%(file)s is not UTF-8 text: save it as UTF-8.", file=APP_SPEC)) from error


def _rewritten(text: str, spec: Spec, entries: list[object]) -> str:
    """The file with these entries and its other lines as they are; written anew where that cannot be (flow style).

    Raises InvalidInput for examples that no file can hold, SpecError for a file that would be too large.
    """
    wanted = _without_examples(spec)
    try:
        written = replace_examples(text, APP_SPEC, entries)
        with contextlib.suppress(SpecError):
            if _without_examples(load_app_spec(written, APP_SPEC)) == wanted:
                written.encode()
                return written
        written = replace_examples(dump_app_spec(wanted), APP_SPEC, entries)
        written.encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise InvalidInput("These inputs hold something that no file can hold.", field="values") from error
    load_app_spec(written, APP_SPEC)
    return written


def _place(entries: list[object], key: str) -> int:
    for index, entry in enumerate(entries):
        if is_example(entry) and entry_key(entry) == key:
            return index
    raise Conflict("This example was changed or deleted meanwhile: reload the page.")


def _without_examples(spec: Spec) -> Spec:
    return replace(spec, extra={key: value for key, value in spec.extra.items() if key != EXAMPLES})


def _sample_path(name: str, data: bytes) -> str:
    """A harmless name, with a digest so that another file of the same name stays."""
    stem, dot, extension = _UNSAFE.sub("_", name.rpartition("/")[2]).lstrip(".-_").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    digest = hashlib.sha256(data).hexdigest()[:8]
    return f"{EXAMPLES}/{stem[:60] or 'file'}-{digest}{f'.{extension[:10]}' if extension else ''}"
