"""`openmo dataset`: what there is, and what is in it."""

from pathlib import Path

import click

from openmo.cli.client import ApiClient, connect
from openmo.cli.dataset.downloading import Download
from openmo.cli.dataset.naming import named
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, print_json, table
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.datasets.schemas import (
    DatasetDetails,
    DatasetDiffView,
    DatasetEntryView,
    DatasetFolderView,
    DatasetList,
    DatasetVersionView,
    DatasetView,
    FileDifferenceView,
)

_MANY = click.IntRange(1, 10_000)


@click.command("list")
@click.option("--search", default="", metavar="WORDS", help="Words in the name, title, description or tags.")
@click.option("--category", type=click.Choice([each.value for each in Category]), default=None)
@click.option("--tag", default="")
@click.option("--scope", type=click.Choice([each.value for each in ListScope]), default="all", show_default=True)
@click.option("--sort", type=click.Choice([each.value for each in ListSort]), default="newest", show_default=True)
@click.option("--limit", type=_MANY, default=30, show_default=True, help="How many at most.")
@data_option
@json_option
def list_datasets(
    *,
    search: str,
    category: str | None,
    tag: str,
    scope: str,
    sort: str,
    limit: int,
    data: Path | None,
    as_json: bool,
) -> None:
    """List public datasets and your own."""
    given = {name: value for name, value in (("category", category), ("tag", tag)) if value}
    found, after = _pages(connect(data), limit, {"search": search, "scope": scope, "sort": sort, **given})
    items = [item.model_dump(mode="json") for item in found]
    answer({"items": items, "next": after}, as_json=as_json, text=lambda: _listed(found, more=bool(after)))


def _pages(client: ApiClient, limit: int, query: dict[str, str]) -> tuple[list[DatasetView], str]:
    """As many as that, page by page, and where the next page begins."""
    found: list[DatasetView] = []
    after = ""
    while len(found) < limit:
        size = min(PAGE_LIMIT, limit - len(found))
        page = client.get("/datasets", **query, limit=size, after=after).read(DatasetList)
        found += page.items
        after = page.next
        if not after:
            break
    return found, after


def _listed(found: list[DatasetView], *, more: bool) -> str:
    if not found:
        return "No datasets here."
    rows = [
        (item.full_name, str(item.version), item.category, f"{item.bytes:,}", str(item.imports), item.title)
        for item in found
    ]
    text = table(rows, head=("DATASET", "VERSION", "CATEGORY", "BYTES", "USED BY", "TITLE"))
    return f"{text}\nThere are more: give a larger --limit." if more else text


@click.command()
@click.argument("dataset", metavar="DATASET[@VERSION]")
@data_option
@json_option
def show(*, dataset: str, data: Path | None, as_json: bool) -> None:
    """Show a dataset (OWNER/NAME, or NAME of your own): what is said of it, and its versions."""
    client = connect(data)
    wanted = named(client, dataset)
    found = client.get(wanted.path)
    details = found.read(DatasetDetails)
    version = client.get(f"{wanted.path}/versions/{wanted.version(client)}")
    if as_json:
        print_json(found.values() | {"shown": version.value})
    else:
        click.echo(_shown(details, version.read(DatasetVersionView), client.url))


def _shown(dataset: DatasetDetails, version: DatasetVersionView, url: str) -> str:
    rows = [
        ("Dataset", f"{dataset.full_name}@{version.version}"),
        ("Title", dataset.title),
        ("Visibility", dataset.visibility),
        ("Category", dataset.category),
        ("Tags", ", ".join(dataset.tags) or "-"),
        ("Licence", dataset.licence or "-"),
        ("Files", f"{version.files:,}"),
        ("Size", f"{version.bytes:,} bytes"),
        ("Digest", version.digest),
        ("Used by", f"{dataset.imports} projects"),
        ("Page", f"{url}{dataset.url}"),
    ]
    head = ("VERSION", "FILES", "BYTES", "NOTES")
    versions = [
        (str(each.version), f"{each.files:,}", f"{each.bytes:,}", " ".join(each.notes.split())[:80])
        for each in dataset.versions.items
    ]
    older = [] if dataset.versions.next is None else ["There are older versions."]
    return "\n".join((table(rows), "", table(versions, head=head), *older))


@click.command("files")
@click.argument("dataset", metavar="DATASET[@VERSION]")
@click.argument("path", default="")
@click.option("--limit", type=_MANY, default=200, show_default=True, help="How many at most.")
@data_option
@json_option
def list_files(*, dataset: str, path: str, limit: int, data: Path | None, as_json: bool) -> None:
    """List the files of a dataset, or of a folder PATH in it."""
    client = connect(data)
    wanted = named(client, dataset)
    address = f"{wanted.path}/versions/{wanted.version(client)}/files"
    items: list[DatasetEntryView] = []
    after = ""
    while len(items) < limit:
        page = client.get(address, path=path, after=after, limit=min(1000, limit - len(items))).read(DatasetFolderView)
        items += page.items
        after = page.next
        if not after:
            break
    rows = [(f"{each.path}/" if each.is_folder else each.path, f"{each.bytes:,}") for each in items]
    value = {"items": [each.model_dump() for each in items], "next": after}
    answer(value, as_json=as_json, text=lambda: _rows(rows, more=bool(after)))


def _rows(rows: list[tuple[str, str]], *, more: bool) -> str:
    text = table(rows, head=("FILE", "BYTES")) if rows else "This folder is empty."
    return f"{text}\nThere are more: give a larger --limit." if more else text


@click.command()
@click.argument("dataset")
@click.argument("a", type=click.IntRange(1), metavar="A")
@click.argument("b", type=click.IntRange(1), metavar="B")
@click.option("--limit", type=_MANY, default=200, show_default=True, help="How many files at most.")
@data_option
@json_option
def diff(*, dataset: str, a: int, b: int, limit: int, data: Path | None, as_json: bool) -> None:
    """Show which files were added, removed and changed from version A of a dataset to version B."""
    client = connect(data)
    found = differences(client, named(client, dataset).path, a, b, limit=limit)
    answer(found.model_dump(), as_json=as_json, text=lambda: differences_shown(found))


def differences(client: ApiClient, path: str, a: int, b: int, *, limit: int) -> DatasetDiffView:
    """As many of them as that, page by page."""
    found = client.get(f"{path}/diff", a=a, b=b, limit=min(1000, limit)).read(DatasetDiffView)
    while found.next and (left := limit - _count(found)) > 0:
        page = client.get(f"{path}/diff", a=a, b=b, after=found.next, limit=min(1000, left)).read(DatasetDiffView)
        for name in ("added", "removed", "changed"):
            getattr(found.files, name).extend(getattr(page.files, name))
        found.next = page.next
    return found


def _count(found: DatasetDiffView) -> int:
    return len(found.files.added) + len(found.files.removed) + len(found.files.changed)


def differences_shown(found: DatasetDiffView) -> str:
    """Lines for people."""
    files = found.files
    marks = (("+", files.added), ("-", files.removed), ("~", files.changed))
    lines = [(each.path, f"{mark} {each.path}  {_sizes(each)}") for mark, listed in marks for each in listed]
    head = (
        f"Version {found.a} -> {found.b}: {files.added_count:,} added, {files.removed_count:,} removed, "
        f"{files.changed_count:,} changed, {files.unchanged_count:,} the same."
    )
    more = ["There are more: give a larger --limit."] if found.next else []
    return "\n".join((head, *(line for _, line in sorted(lines)), *more))


def _sizes(each: FileDifferenceView) -> str:
    sizes = [f"{size:,}" for size in (each.bytes_before, each.bytes_after) if size is not None]
    return f"({' -> '.join(sizes)} bytes)"


@click.command()
@click.argument("dataset", metavar="DATASET[@VERSION]")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@data_option
@json_option
def download(*, dataset: str, directory: Path, data: Path | None, as_json: bool) -> None:
    """Download all files of a dataset into DIR. What is there already is not sent again; each file is checked."""
    client = connect(data)
    wanted = named(client, dataset)
    version = wanted.version(client)
    done = Download(client, f"{wanted.path}/versions/{version}", directory).run(tell=not as_json)
    value = {
        "dataset": wanted.name,
        "version": version,
        "directory": str(directory),
        "files": done.files,
        "bytes": done.bytes,
        "sent": done.sent,
    }
    text = f"{done.files:,} files ({done.bytes:,} bytes) of {wanted.name}@{version} are in {directory}."
    answer(value, as_json=as_json, text=lambda: text)


COMMANDS = (list_datasets, show, list_files, diff, download)
