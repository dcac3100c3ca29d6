"""What an app's author put into its outputs, files and texts, opened in every way in a browser: none of it runs.

Pages and apps share the site's address, so whatever ran there could act as whoever looks at it.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Request, expect
from playwright.sync_api import Error as PlaywrightError
from support.doses import dose
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

NAME = "hostile-outputs"
MARK = "it-ran"
ENDINGS = dose(
    ("html", "svg", "js", "pdf", "txt", "png"),
    (
        "html", "htm", "xhtml", "shtml", "svg", "svgz", "xml", "xsl", "js", "mjs", "wasm", "css", "json",
        "webmanifest", "mht", "pdf", "txt", "csv", "png", "gif", "mp4", "mp3", "md", "ipynb", "swf", "none",
    ),
)  # fmt: skip
SCRIPT = f"fetch('/{MARK}?'+encodeURIComponent(document.baseURI));try{{localStorage.setItem('{MARK}',1)}}catch(e){{}}"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script></svg>'
MARKUP = f'<script>{SCRIPT}</script><img src=x onerror="{SCRIPT}"><svg onload="{SCRIPT}">'
HTML = f'<!doctype html><body onload="{SCRIPT}">{MARKUP}'
WORKER = f"fetch('/{MARK}?worker');self.onfetch=()=>0;"
TEXTS = (
    HTML, SVG, f"javascript:{SCRIPT}", f"data:text/html,{HTML}", f'"><script>{SCRIPT}</script>',
    f"</script><script>{SCRIPT}</script>", f"[a](javascript:{SCRIPT})", "{{constructor.constructor('fetch(1)')()}}",
)  # fmt: skip
HANDLER = """
import base64

ENDINGS, HTML, SVG, WORKER, TEXTS = GIVEN


def handle(conf):
    if conf["fail"]:  # value_type: bool # default_value: false
        raise ValueError(HTML)
    outputs = {}
    for ending in ENDINGS:
        text = {"svg": SVG, "svgz": SVG, "xml": SVG, "js": WORKER, "mjs": WORKER}.get(ending, HTML)
        with open(f"out.{ending}", "w") as file:
            file.write(text)
        outputs["file_" + ending] = f"out.{ending}"
    outputs["picture"] = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode()
    outputs["text"] = TEXTS[0]
    outputs["texts"] = list(TEXTS)
    outputs["tree"] = {text: [text, {text: text}] for text in TEXTS}
    outputs["table"] = [{text: text for text in TEXTS} for _ in range(2)]
    outputs["shares"] = {text: 1 / len(TEXTS) for text in TEXTS}
    return outputs
"""
IN_PAGE = """async ([addresses, mark]) => {
    const kinds = { iframe: "src", embed: "src", object: "data", script: "src", img: "src", video: "src" };
    const shown = (tag, address) => new Promise((resolve) => {
        const element = document.createElement(tag);
        element[kinds[tag]] = address;
        for (const event of ["load", "error", "loadedmetadata"]) element.addEventListener(event, resolve);
        document.body.append(element);
        setTimeout(resolve, 1000); // a download fires nothing
    });
    const attempts = [
        ...Object.keys(kinds).map((tag) => (address) => shown(tag, address)),
        (address) => import(address),
        (address) => navigator.serviceWorker.register(address),
        (address) => { new Worker(address); new Worker(address, { type: "module" }); new SharedWorker(address); },
    ];
    await Promise.allSettled(addresses.flatMap((address) => attempts.map(async (attempt) => attempt(address))));
    return [localStorage.getItem(mark), (await navigator.serviceWorker.getRegistrations()).length];
}"""


@dataclass
class Watch:
    """What a browser's pages did that only a script of the author's could have made them do."""

    ran: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._note)
        context.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.ran.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if f"/{MARK}" in request.url:
            self.ran.append(request.url)


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    watch = Watch()
    watch.over(context)
    yield watch
    assert watch.ran == []


@pytest.fixture(scope="module")
def app(openmo: Installation) -> str:
    """Where the hostile app's pages are."""
    openmo.cli("project", "create", NAME, "--public")
    workspace = openmo.workspace(NAME)
    given = (ENDINGS, HTML, SVG, WORKER, TEXTS)
    (workspace / "handler.py").write_text(HANDLER.replace("GIVEN", repr(given)))
    outputs = {f"file_{ending}": {"value_type": "file"} for ending in ENDINGS}
    outputs |= {name: {"value_type": "str"} for name in ("text", "texts", "tree", "table", "shares")}
    outputs["picture"] = {"value_type": "img"}
    inputs = {"fail": {"value_type": "bool", "default_value": False, "description": HTML}}
    (workspace / "app_spec.yml").write_text(json.dumps({"input": inputs, "output": outputs}))
    (workspace / "README.md").write_text("\n\n".join(TEXTS))
    openmo.cli("app", "deploy", NAME)
    return f"{str(openmo.status()['url']).rstrip('/')}/projects/ada/{NAME}"


def _outputs(page: Page, app: str) -> list[str]:
    """The addresses of the files that a call made by the app's own page gives."""
    page.goto(f"{app}/use")
    with page.expect_response(lambda answer: "/run/" in answer.url and answer.request.method == "POST") as answered:
        page.locator("[type=submit]").click()
    output = answered.value.json()["output"]
    expect(page.get_by_role("group", name="tree")).to_be_visible()
    return [value for value in output.values() if str(value).startswith(("/", "http"))]


def test_no_output_of_an_app_runs_however_it_is_opened(
    signed_in: Page, context: BrowserContext, app: str, watch: Watch
) -> None:
    page = signed_in
    files = _outputs(page, app)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    for link in page.locator(".result-item a").all():
        assert str(link.get_attribute("href")).startswith(("http", "/", "data:image/"))
    assert page.evaluate(IN_PAGE, [files, MARK]) == [None, 0]
    alone = context.new_page()
    for address in files:
        with contextlib.suppress(PlaywrightError):  # what is no page is a download
            alone.goto(urljoin(page.url, address))
    page.get_by_role("switch").click()
    page.locator("[type=submit]").click()
    expect(page.locator("[data-result]")).to_contain_text("ValueError")
    assert page.evaluate(f"localStorage.getItem('{MARK}')") is None
