"""`openmo module`: what there is, and which of it projects import."""

from pathlib import Path

import click

from openmo.cli.client import ApiClient, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, print_json, table
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.core.errors import NotFound
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.modules.schemas import ModuleDetails, ModuleList, ModuleMethodView, ModuleVersionView, ModuleView
from openmo.projects.imports.schemas import (
    ModuleImportList,
    ModuleImportView,
    ModuleReference,
    ModuleUpdateRequest,
    ModuleUpdateView,
)
from openmo.specs.module import ModuleKind

_SHOWN = 100
"""Letters of a line of code."""


@click.command("list")
@click.option("--search", default="", metavar="WORDS", help="Words in the name, title, description or tags.")
@click.option("--category", type=click.Choice([each.value for each in Category]), default=None)
@click.option("--tag", default="")
@click.option("--kind", type=click.Choice([each.value for each in ModuleKind]), default=None)
@click.option("--scope", type=click.Choice([each.value for each in ListScope]), default="all", show_default=True)
@click.option("--sort", type=click.Choice([each.value for each in ListSort]), default="newest", show_default=True)
@click.option("--limit", type=click.IntRange(1, 10_000), default=30, show_default=True, help="How many at most.")
@data_option
@json_option
def list_modules(
    *,
    search: str,
    category: str | None,
    tag: str,
    kind: str | None,
    scope: str,
    sort: str,
    limit: int,
    data: Path | None,
    as_json: bool,
) -> None:
    """List public modules and your own."""
    filters = {"category": category, "tag": tag, "kind": kind}
    given = {name: value for name, value in filters.items() if value}
    found, after = _pages(connect(data), limit, {"search": search, "scope": scope, "sort": sort, **given})
    items = [item.model_dump(mode="json") for item in found]
    answer({"items": items, "next": after}, as_json=as_json, text=lambda: _listed(found, more=bool(after)))


def _pages(client: ApiClient, limit: int, query: dict[str, str]) -> tuple[list[ModuleView], str]:
    """As many as that, page by page, and where the next page begins."""
    found: list[ModuleView] = []
    after = ""
    while len(found) < limit:
        size = min(PAGE_LIMIT, limit - len(found))
        page = client.get("/modules", **query, limit=size, after=after).read(ModuleList)
        found += page.items
        after = page.next
        if not after:
            break
    return found, after


def _listed(found: list[ModuleView], *, more: bool) -> str:
    if not found:
        return "No modules here."
    rows = [
        (f"{item.owner}/{item.name}", item.version or "dev", item.kind, item.category, str(item.imports), item.title)
        for item in found
    ]
    text = table(rows, head=("MODULE", "VERSION", "KIND", "CATEGORY", "USED BY", "TITLE"))
    return f"{text}\nThere are more: give a larger --limit." if more else text


@click.command()
@click.argument("module")
@data_option
@json_option
def show(*, module: str, data: Path | None, as_json: bool) -> None:
    """Show MODULE (OWNER/NAME or OWNER/NAME/VERSION): its versions, what its methods take and give, what it needs."""
    client, named = connect(data), Reference.parse(module, versioned=True)
    found = client.get(f"/modules/{named.owner}/{named.name}")
    details = found.read(ModuleDetails)
    wanted = named.version or details.version or next(iter(details.versions)).version
    version = client.get(f"/modules/{named.owner}/{named.name}/versions/{wanted}")
    if as_json:
        print_json(found.values() | {"shown": version.value})
    else:
        click.echo(_shown(details, version.read(ModuleVersionView), client.url))


def _shown(module: ModuleDetails, version: ModuleVersionView, url: str) -> str:
    versions = (
        f"{each.version} (yanked: {each.yanked_reason})" if each.yanked_reason is not None else each.version
        for each in module.versions
    )
    rows = [
        ("Module", version.identifier),
        ("Title", module.title),
        ("Kind", module.kind),
        ("Category", module.category),
        ("Tags", ", ".join(module.tags) or "-"),
        ("Versions", ", ".join(versions)),
        ("Needs", ", ".join(version.requirements) or "-"),
        ("Environment", _environment(version)),
        ("Size", f"{version.size:,} bytes"),
        ("Used by", f"{module.imports} projects"),
        ("Page", f"{url}{module.url}"),
    ]
    return "\n".join((table(rows), *(_method(each) for each in version.methods)))


def _environment(version: ModuleVersionView) -> str:
    """In which the version was checked."""
    checked = f" (Python {version.python})" if version.python else ""
    if not version.environment:
        return f"that of whoever calls it{checked}"
    ready = "" if version.environment_ready else ", built at its next import"
    return f"{version.environment}{checked}{ready}"


def _method(method: ModuleMethodView) -> str:
    rows = [
        (
            kind,
            each["name"],
            each["value_type"],
            str(each["default_value"]) if "default_value" in each else "",
            each["description"],
        )
        for kind, parameters in (("takes", method.inputs), ("gives", method.outputs))
        for each in parameters
    ]
    shown = (
        table(rows, head=("", "NAME", "TYPE", "DEFAULT", "DESCRIPTION")) if rows else "takes and gives nothing named"
    )
    return f"\n{method.name}\n{shown}"


@click.command("import")
@click.argument("project")
@click.argument("module")
@data_option
@json_option
def import_module(*, project: str, module: str, data: Path | None, as_json: bool) -> None:
    """Import MODULE (OWNER/NAME, or OWNER/NAME/VERSION) into PROJECT, read-only and without a copy."""
    client = connect(data)
    name = full_name(client, project)
    made = client.post(f"/projects/{name}/modules", ModuleReference(module=module))
    answer(made.value, as_json=as_json, text=lambda: _imported(made.read(ModuleImportView), name))


def _imported(made: ModuleImportView, project: str) -> str:
    yanked = "" if made.yanked_reason is None else f"\nThis version was yanked: {made.yanked_reason}"
    return f"{made.identifier} is at {made.folder} in {project}.{yanked}"


@click.command()
@click.argument("project")
@click.argument("module")
@data_option
@json_option
def unimport(*, project: str, module: str, data: Path | None, as_json: bool) -> None:
    """Take MODULE (OWNER/NAME, or OWNER/NAME/VERSION) out of PROJECT; the module itself stays."""
    client = connect(data)
    name = full_name(client, project)
    identifier = _import_of(client, name, Reference.parse(module, versioned=True))
    client.delete(f"/projects/{name}/modules/{identifier}")
    text = f"{identifier} is no longer in {name}."
    answer({"project": name, "removed": identifier}, as_json=as_json, text=lambda: text)


@click.command()
@click.argument("project")
@click.argument("module")
@click.option("--from", "before", default="", metavar="VERSION", help="Of several imported versions, which.")
@click.option("--preview", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@json_option
def update(
    *, project: str, module: str, before: str, preview: bool, yes: bool, data: Path | None, as_json: bool
) -> None:
    """Move PROJECT to another version of MODULE (OWNER/NAME: the newest, or OWNER/NAME/VERSION).

    The calls in its notebooks and scripts are listed, then changed with the import. Updating back undoes it.
    """
    client = connect(data)
    name = full_name(client, project)
    wanted = Reference.parse(module, versioned=True)
    identifier = _import_of(client, name, Reference(wanted.owner, wanted.name, before))
    path = f"/projects/{name}/modules/{identifier}/update"
    found = client.get(path, to=wanted.version)
    view = found.read(ModuleUpdateView)
    if preview or view.before == view.after:
        answer(found.value, as_json=as_json, text=lambda: _changes(view))
        return
    if not yes:
        click.echo(_changes(view), err=True)
        click.confirm(f"Update {name} to {view.after}?", abort=True, err=True)
    done = client.post(path, ModuleUpdateRequest(version=wanted.version, digest=view.digest))
    answer(done.value, as_json=as_json, text=lambda: _updated(done.read(ModuleUpdateView)))


def _import_of(client: ApiClient, project: str, wanted: Reference) -> str:
    """The identifier of that import of the project; raises NotFound where there is none, or more than one."""
    imports = client.get(f"/projects/{project}/modules").read(ModuleImportList).items
    base = f"{wanted.owner}/{wanted.name}/"
    found = [item.identifier for item in imports if item.identifier.startswith(base)]
    if wanted.version:
        found = [identifier for identifier in found if identifier == str(wanted)]
    if not found:
        raise NotFound(message("%(project)s does not import %(name)s.", project=project, name=str(wanted)))
    if len(found) > 1:
        raise NotFound(
            message("%(project)s imports several versions: say which of %(found)s.", project=project, found=found)
        )
    return found[0]


def _changes(view: ModuleUpdateView) -> str:
    if view.before == view.after:
        return f"{view.before} is the newest version: nothing changes."
    lines = [f"{view.before} -> {view.after}"]
    for call in view.calls:
        cell = "" if call.cell is None else f", cell {call.cell}"
        lines += [f"{call.file}{cell}, line {call.line}", f"  - {call.before[:_SHOWN]}", f"  + {call.after[:_SHOWN]}"]
    lines += [f"{each.file}: {each.why} Change it by hand." for each in view.skipped]
    return "\n".join(lines if view.calls else (*lines, "No notebook or script names this version."))


def _updated(view: ModuleUpdateView) -> str:
    files = len({call.file for call in view.calls})
    back = f"Back again: openmo module update ... {view.before}"
    return f"{view.after} is imported; {len(view.calls)} lines in {files} files were changed. {back}"


COMMANDS = (list_modules, show, import_module, unimport, update)
