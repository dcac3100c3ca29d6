"""`openmo module call`: a method of a module, called on the server, without a project."""

import json
import mimetypes
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import click

from openmo.cli.app.call import read_inputs
from openmo.cli.client import Answer, ApiClient, Refused, connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import json_option, print_json, table
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.modules.schemas import ModuleDetails
from openmo.modules.trying.schemas import ModuleCallDraft, ModuleCallView, ProjectCallDraft, ReturnedFileView

_INPUTS = "Each of INPUTS is `epochs=2`, `image=@digit.png` (a file), a JSON object, or `@inputs.json`."
save_option = click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    metavar="FOLDER",
    help="Write the files that it returns there.",
)


@click.command(help=f"Call METHOD of MODULE (OWNER/NAME or OWNER/NAME/VERSION) in the sandbox.\n\n{_INPUTS}")
@click.argument("module")
@click.argument("method", type=click.Choice(["train", "predict", "run"]))
@click.argument("inputs", nargs=-1)
@save_option
@data_option
@json_option
def call(
    *, module: str, method: str, inputs: tuple[str, ...], save: Path | None, data: Path | None, as_json: bool
) -> None:
    client, named = connect(data), Reference.parse(module, field="module", versioned=True)
    path = f"/modules/{quote(named.owner)}/{quote(named.name)}"
    version = named.version or _newest(client.get(path).read(ModuleDetails))
    draft = ModuleCallDraft(method=method, values=_values(inputs))
    _tell(client, _answer_of(client, f"{path}/versions/{quote(version)}/call", draft), save, as_json=as_json)


@click.command("try", help=f"Call METHOD of the module that PROJECT makes, as its files are now.\n\n{_INPUTS}")
@click.argument("project")
@click.argument("method", type=click.Choice(["train", "predict", "run"]))
@click.argument("inputs", nargs=-1)
@save_option
@data_option
@json_option
def try_module(
    *, project: str, method: str, inputs: tuple[str, ...], save: Path | None, data: Path | None, as_json: bool
) -> None:
    client = connect(data)
    draft = ProjectCallDraft(method=method, values=_values(inputs))
    _tell(client, _answer_of(client, f"{path_of(client, project)}/module/try", draft), save, as_json=as_json)


def _newest(module: ModuleDetails) -> str:
    return module.version or next(iter(module.versions)).version


def _values(inputs: tuple[str, ...]) -> dict[str, object]:
    values, files = read_inputs(inputs)
    return {**values, **{name: _data_url(path) for name, path in files.items()}}


def _data_url(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            message("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror), field="inputs"
        ) from error
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{b64encode(data).decode()}"


def _answer_of(client: ApiClient, path: str, draft: ModuleCallDraft) -> Answer:
    """The answer; of a module that failed, what it printed and where it stopped is told before the error."""
    try:
        return client.post(path, draft)
    except Refused as error:
        for name in ("log", "traceback"):
            if text := str(error.fields.get(name) or "").strip():
                click.echo(text, err=True)
        raise


def _tell(client: ApiClient, answer: Answer, save: Path | None, *, as_json: bool) -> None:
    view = answer.read(ModuleCallView)
    saved = {each.output: _saved(client, each.url, save / _file_name(each)) for each in view.files if save}
    if as_json:
        print_json(answer.value)
        return
    if view.log.strip():
        click.echo(view.log.rstrip(), err=True)
    click.echo(table([(name, _shown(saved.get(name, value), client.url)) for name, value in view.output.items()]))


def _saved(client: ApiClient, url: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(client.get_bytes(url.removeprefix("/api/v1")))
    return target


def _file_name(file: ReturnedFileView) -> str:
    """Of the output, which may be called anything, and the ending of the file."""
    stem = re.sub(r"[^\w-]+", "_", file.output)[:80] or "file"
    return f"{stem}{Path(file.name).suffix}"


def _shown(value: object, site: str) -> str:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str) and value.startswith("/api/v1/"):
        return f"{site}{value}"
    return json.dumps(value, ensure_ascii=False)


COMMANDS = (call, try_module)
