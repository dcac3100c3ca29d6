"""`openmo module edit`: what is said of a module, and whether people may try it."""

from pathlib import Path
from urllib.parse import quote

import click

from openmo.cli.client import connect
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option
from openmo.core.catalogue import Category
from openmo.core.references import Reference
from openmo.modules.schemas import ModuleDraft, ModuleView


@click.command()
@click.argument("module", metavar="OWNER/NAME")
@click.option("--title", default=None)
@click.option("--description", default=None)
@click.option("--category", type=click.Choice([each.value for each in Category]), default=None)
@click.option("--tags", default=None, metavar="A,B", help="Up to ten words by which people find it; empty: none.")
@click.option("--callable/--not-callable", "callable_", default=None, help="Whether people may try it on its page.")
@data_option
@json_option
def edit(
    *,
    module: str,
    title: str | None,
    description: str | None,
    category: str | None,
    tags: str | None,
    callable_: bool | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Change what is said of a module of yours, and whether people may try it. What is not named stays as it is."""
    named = Reference.parse(module, field="module")
    draft = ModuleDraft(
        title=title,
        description=description,
        category=None if category is None else Category(category),
        tags=None if tags is None else tags.split(","),
        callable=callable_,
    )
    client = connect(data)
    changed = client.patch(f"/modules/{quote(named.owner)}/{quote(named.name)}", draft)
    view = changed.read(ModuleView)
    text = f"{view.owner}/{view.name}: {view.title}. Category {view.category}, tags {', '.join(view.tags) or '-'}."
    tried = "People may try it." if view.callable else "Nobody but you may try it."
    answer(changed.value, as_json=as_json, text=lambda: f"{text} {tried}")


COMMANDS = (edit,)
