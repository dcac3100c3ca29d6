"""Two projects in one browser: what a hostile one's scripts and server try on the site and on the other."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000
SECRET = "only-for-the-victim"
STEAL = """async ([site, victim]) => {
    const tried = {};
    for (const [what, url] of Object.entries({
        workspace: `${site}/workspace`, api: `${site}/api/v1/projects/ada/${victim.name}`,
        here: `/api/v1/projects/ada/${victim.name}`, page: `/projects/ada/${victim.name}/raw/secret.txt`,
        lab: `${victim.origin}/user/ada/${victim.slug}/api/contents/secret.txt`,
        tokens: `${site}/hub/api/users/ada/tokens`, fromHere: "/hub/api/users/ada/tokens",
    })) {
        try {
            const answer = await fetch(url, { credentials: "include", redirect: "follow" });
            tried[what] = `${answer.status} ${await answer.text()}`;
        } catch (error) {
            tried[what] = "refused";
        }
    }
    for (const [what, url] of Object.entries({ change: `${site}/api/v1/projects/ada/${victim.name}/app/tokens`,
        out: `${site}/sign-out`, own: `/api/v1/projects/ada/${victim.name}/app/tokens`, make: "/api/v1/projects" })) {
        try {
            const answer = await fetch(url, { method: "POST", credentials: "include", body: "{}" });
            tried[what] = String(answer.status);
        } catch (error) {
            tried[what] = "refused";
        }
    }
    tried.socket = await new Promise((done) => {
        const events = `${victim.origin}/user/ada/${victim.slug}/api/events/subscribe`;
        const socket = new WebSocket(events.replace("http", "ws"));
        socket.onopen = () => done("open");
        socket.onerror = () => done("refused");
    });
    tried.cookies = document.cookie;
    return tried;
}"""


HOLD = """async (base) => {
    const token = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)[1];
    let kernels = [];
    while (!(kernels.length > 0)) {
        const answer = await fetch(`${base}/api/kernels`, { headers: { "X-XSRFToken": token } });
        kernels = await answer.json();
        if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(kernels)}`);
    }
    const address = `${location.origin}${base}/api/kernels/${kernels[0].id}/channels?_xsrf=${token}`;
    const socket = new WebSocket(address.replace("http", "ws"));
    window.held = new Promise((done) => { socket.onclose = () => done("closed"); });
    await new Promise((done, fail) => { socket.onopen = done; socket.onerror = fail; });
}"""
"""A socket to the project's kernel, as JupyterLab has one."""
STILL_OPEN = "Promise.race([window.held, new Promise((done) => setTimeout(done, 90000, 'still open'))])"


def _open(page: Page, url: str, name: str) -> str:
    """JupyterLab of that project, from its page; the address at which it is."""
    page.goto(f"{url}/projects/ada/{name}")
    page.locator("form[action$='/start'] button").first.click()
    page.wait_for_url("**/lab/tree/**", timeout=SLOW_MS)
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def _plant(openmo: Installation) -> Path:
    """Where a hostile project's configuration would write the cookies that come by, if any server read it."""
    workspace = openmo.workspace("hostile")
    home, stolen = workspace.parent / "home", workspace / "stolen"
    thief = f"""
import tornado.web
_execute = tornado.web.RequestHandler._execute
async def stealing(self, *arguments, **more):
    with open({str(stolen)!r}, "a") as file:
        file.write(self.request.headers.get("Cookie", "") + chr(10))
    return await _execute(self, *arguments, **more)
tornado.web.RequestHandler._execute = stealing
"""
    names = (
        "jupyter_server_config.py",
        "jupyter_config.py",
        "jupyter_lab_config.py",
        "jupyterhub_singleuser_config.py",
    )
    for folder in (home / ".jupyter", home / ".ipython", workspace, workspace / ".jupyter"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*names, "sitecustomize.py", "usercustomize.py"):
            (folder / name).write_text(thief)
    return stolen


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def test_a_projects_page_acts_on_that_project_alone(
    signed_in: Page, context: BrowserContext, openmo: Installation
) -> None:
    url = str(openmo.status()["url"]).rstrip("/")
    for name in ("hostile", "victim"):
        openmo.cli("project", "create", name)
    (openmo.workspace("victim") / "secret.txt").write_text(SECRET)
    openmo.cli("job", "run", "hostile", "coding_here.ipynb")
    stolen = _plant(openmo)
    victim_page = context.new_page()
    there = _open(victim_page, url, "victim")
    victim = {"name": "victim", "origin": there, "slug": _host(there).partition(".")[0]}
    page = signed_in
    hostile = _open(page, url, "hostile")
    assert len({hostile, victim["origin"], url}) == 3
    assert all(_host(origin).endswith(".localhost") for origin in (hostile, victim["origin"]))

    tried = page.evaluate(STEAL, [url, victim])
    assert SECRET not in json.dumps(tried)
    assert tried["workspace"] == tried["api"] == tried["lab"] == tried["tokens"] == "refused"
    assert tried["socket"] == "refused"
    assert tried["here"][:3] in ("403", "404")
    assert tried["page"][:3] in ("403", "404")
    assert {tried["change"], tried["out"], tried["own"], tried["make"]} <= {"refused", "403", "404", "422"}
    assert openmo.cli("app", "token", "list", "victim") in ([], {"items": []})
    assert "openmo" not in tried["cookies"]

    assert not stolen.exists(), "code of the project ran in its JupyterLab server and saw cookies"
    names = {(cookie["name"], cookie["domain"]) for cookie in context.cookies()}
    assert ("openmo_session", _host(url)) in names
    assert not [name for name, domain in names if name == "openmo_session" and domain.endswith("localhost")]
    page.goto(f"{url}/workspace")
    expect(page.locator("main")).to_contain_text("victim")

    victim_page.evaluate(HOLD, f"/user/ada/{victim['slug']}")
    page.locator("form[action='/sign-out'] button").first.dispatch_event("click")
    page.wait_for_url("**/hub/login**")
    assert victim_page.evaluate(STILL_OPEN) == "closed", "nobody hears of the kernel after signing out"
    victim_page.goto(f"{victim['origin']}/user/ada/{victim['slug']}/api/contents/secret.txt")
    assert SECRET not in victim_page.content()
