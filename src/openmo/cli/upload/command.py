"""`openmo dataset create` and `upload`: files of this machine become a version of a dataset."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from openmo.cli.client import ApiClient, Refused, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option
from openmo.cli.upload.memory import RememberedUpload
from openmo.cli.upload.meter import Meter
from openmo.cli.upload.sender import Sender
from openmo.cli.upload.sources import LocalFile, local_files
from openmo.core.catalogue import Category
from openmo.core.errors import Conflict, InvalidInput
from openmo.datasets.uploads.schemas import FinishDraft, NewDatasetDraft, RemovalDraft, UploadDraft, UploadView
from openmo.datasets.uploads.values import UploadState

_CATEGORIES = click.Choice([category.value for category in Category])
_POLL_SECONDS = 0.5
_PATHS = "PATH[:TARGET]..."


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, metavar=_PATHS)
@click.option("--title", default="", help="The name that people read.  [default: NAME]")
@click.option("--description", default="")
@click.option("--category", type=_CATEGORIES, default=Category.OTHER.value, show_default=True)
@click.option("--tags", default="", metavar="A,B", help="Up to ten words by which people find it.")
@click.option("--licence", "--license", default="", help="An SPDX identifier, such as CC-BY-4.0, or a few words.")
@click.option("--public/--private", default=False, help="Who may see it.  [default: private]")
@click.option("--notes", default="", help="What this version is.")
@data_option
@json_option
def create(*, name: str, paths: tuple[str, ...], notes: str, data: Path | None, as_json: bool, **about: str) -> None:
    """Make the dataset NAME of files and folders; given again after a break, it goes on where it was.

    A folder's contents go to the root of the dataset, or below TARGET; a file goes to the root, or to TARGET.
    """
    tags = [tag.strip() for tag in about.pop("tags").split(",") if tag.strip()]
    new = NewDatasetDraft.model_validate({"name": name, "tags": tags, **about})
    client = connect(data)
    files = local_files(paths)
    if not files:
        raise InvalidInput("There are no files in what was named.", field="paths")
    upload = _Upload(client, RememberedUpload(client.url, f"new {name}", paths), UploadDraft(new=new))
    made = upload.run(files, (), FinishDraft(notes=notes, new=new))
    answer(made.model_dump(mode="json"), as_json=as_json, text=lambda: _made(made, client.url))


@click.command()
@click.argument("dataset", metavar="OWNER/NAME")
@click.argument("paths", nargs=-1, metavar=_PATHS)
@click.option("--remove", "removed", multiple=True, metavar="GLOB", help="Files or folders to leave out; repeatable.")
@click.option("--notes", default="", help="What is new.")
@click.option("--onto", type=int, default=None, help="The newest version, if one came since this upload began.")
@data_option
@json_option
def upload(
    *,
    dataset: str,
    paths: tuple[str, ...],
    removed: tuple[str, ...],
    notes: str,
    onto: int | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Make the next version of a dataset: the last one with these files added or replaced, and others removed.

    What the last version has already is not sent again. Given again after a break, it goes on where it was.
    """
    if not paths and not removed:
        raise InvalidInput("Name files or folders to add, or what to --remove.", field="paths")
    client = connect(data)
    named = full_name(client, dataset)
    remembered = RememberedUpload(client.url, named, [*paths, *removed])
    session = _Upload(client, remembered, UploadDraft(dataset=named))
    made = session.run(local_files(paths), removed, FinishDraft(notes=notes, onto=onto))
    answer(made.model_dump(mode="json"), as_json=as_json, text=lambda: _made(made, client.url))


class _Upload:
    """One upload, from its opening to the version."""

    def __init__(self, client: ApiClient, remembered: RememberedUpload, draft: UploadDraft) -> None:
        self._client = client
        self._remembered = remembered
        self._draft = draft

    def run(self, files: Sequence[LocalFile], removed: Sequence[str], said: FinishDraft) -> UploadView:
        found = self._found() or self._opened()
        if found.state is UploadState.OPEN:
            if removed:
                self._client.post(f"/uploads/{found.id}/remove", RemovalDraft(patterns=list(removed)))
            meter = Meter(files=len(files), size=sum(file.bytes for file in files))
            try:
                Sender(self._client, found.id, meter).send(files)
            finally:
                meter.close()
            found = self._client.post(f"/uploads/{found.id}/finish", said).read(UploadView)
        made = self._awaited(found)
        self._remembered.forget()
        return made

    def _found(self) -> UploadView | None:
        """What an earlier command began."""
        upload = self._remembered.read()
        if not upload:
            return None
        try:
            return self._client.get(f"/uploads/{upload}").read(UploadView)
        except Refused as error:
            if error.status != 404:
                raise
            self._remembered.forget()
            return None

    def _opened(self) -> UploadView:
        opened = self._client.post("/uploads", self._draft).read(UploadView)
        self._remembered.write(opened.id)
        return opened

    def _awaited(self, upload: UploadView, pause: Callable[[float], None] = time.sleep) -> UploadView:
        while upload.state is UploadState.FINISHING:
            pause(_POLL_SECONDS)
            upload = self._client.get(f"/uploads/{upload.id}").read(UploadView)
        if upload.state is UploadState.OPEN:
            raise Conflict(upload.problem)
        return upload


def _made(made: UploadView, site: str) -> str:
    return f"{made.dataset} has version {made.version}: {site}/datasets/{made.dataset}"


COMMANDS = (create, upload)
