"""Whatever a path or a workspace says, nothing outside of a project is served."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from support.asgi import Client, bearer
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.core.visibility import Visibility
from openmo.projects.values import Project

CANARY = "canary outside of the project"
CORPUS = (
    "../canary", "../../canary", "..", "../", "./../canary", "a/../../canary", "a/b/../../../canary",
    "....//canary", "..\\canary", "..%2fcanary", "%2e%2e/canary", "%2e%2e%2fcanary",
    "%252e%252e%252fcanary", "..%252fcanary", "..%5ccanary", "..;/canary", "..;a=b/canary", "/etc/passwd",
    "//etc/passwd", "///etc/passwd", "file:///etc/passwd", "~root/.profile", "C:\\windows\\win.ini",
    "\\\\server\\share", "canary\0.txt", "README.md\0", "..%c0%afcanary", "..%c1%9ccanary", "．．/canary",
    "‥/canary", "a/" * 3000, "a" * 5000, "README.md/..", "README.md/../../canary", "README.md/.",
    "/proc/self/environ", "../workspace/../../canary", "%00", "..%00/canary", "con", "nul:", "-", "*", "?",
    "#", "&", "'\"<script>",
)  # fmt: skip
ROUTES = (
    "/projects/ada/open/files/{path}",
    "/projects/ada/open/raw/{path}",
    "/api/v1/projects/ada/open/files?path={path}",
    "/api/v1/projects/ada/open/files/{path}",
    "/api/v1/datasets/openmo/iris/files/{path}",
)


@pytest.fixture
def project(platform: Platform) -> Project:
    platform.dataset()
    project = platform.project("ada", "open", files={"a/b.txt": "inside"}, visibility=Visibility.PUBLIC)
    root = platform.projects.folders(project).root
    for folder in (root, root.parent, platform.folder.root, root / "home"):
        (folder / "canary").write_text(CANARY)
    return project


@pytest.fixture
def identity() -> MemoryIdentity:
    return MemoryIdentity()


@pytest.fixture
def client(platform: Platform, project: Project, identity: MemoryIdentity) -> Iterator[Client]:
    client = Client(platform.app(identity))
    yield client
    client.close()


@pytest.fixture
def owner(identity: MemoryIdentity) -> dict[str, str]:
    return bearer(identity.token("ada"))


def ways(path: str) -> Iterator[str]:
    """The path as it is, and percent-encoded once and twice."""
    if path.isascii() and path.isprintable() and not set(path) & set(' ?#"<>'):
        yield path
    yield quote(path, safe="/")
    yield quote(path, safe="")
    yield quote(quote(path, safe=""), safe="")


def test_no_path_leads_out_of_a_project(client: Client, owner: dict[str, str]) -> None:
    for path in CORPUS:
        for route in ROUTES:
            # Pages are slow to draw, and take their paths through the same funnel as the rest: one way is enough there.
            for written in [quote(path)] if "/files/" in route and "/api/" not in route else ways(path):
                accept = "application/json" if "/api/" in route else "text/html"
                answer = client.get(route.format(path=written), headers={**owner, "accept": accept})
                assert answer.status < 500, (route, written, answer.text)
                assert CANARY not in answer.text, (route, written)
                assert "root:" not in answer.text, (route, written)


def test_no_path_submits_what_lies_outside(client: Client, owner: dict[str, str]) -> None:
    for path in CORPUS:
        answer = client.post("/api/v1/projects/ada/open/jobs", headers=owner, json_body={"script": path})
        assert 400 <= answer.status < 500, (path, answer.text)


def test_links_out_of_a_workspace_are_neither_shown_nor_followed(
    client: Client, owner: dict[str, str], platform: Platform, project: Project
) -> None:
    workspace = platform.workspace(project)
    outside = workspace.parent / "canary"
    targets = {
        "passwd": Path("/etc/passwd"),
        "root": Path("/"),
        "absolute.txt": outside,
        "relative.txt": Path("../canary"),
        "folder": workspace.parent,
        "loop": Path("loop"),
        "dangling": Path("nowhere"),
        "proc": Path("/proc/self"),
        "chain.txt": Path("absolute.txt"),
        "README.md": Path("/etc/passwd"),
    }
    (workspace / "README.md").unlink()
    for name, target in targets.items():
        (workspace / name).symlink_to(target)
    os.mkfifo(workspace / "pipe")
    for name in (*targets, "folder/canary", "root/etc/passwd", "proc/environ", "pipe", "folder/home", "proc/cwd"):
        for route in ROUTES[:4]:
            answer = client.get(route.format(path=name), headers=owner)
            assert answer.status < 500, (route, name, answer.text)
            assert answer.status == 404, (route, name)
            assert CANARY not in answer.text
            assert "root:" not in answer.text
    listed = client.get("/api/v1/projects/ada/open/files", headers=owner).json["items"]
    assert {entry["name"] for entry in listed} >= {"a", "coding_here.ipynb"}
    assert not {entry["name"] for entry in listed} & set(targets)
    front = client.get("/projects/ada/open", headers={"accept": "text/html"})
    assert "root:" not in front.text


def test_private_datasets_in_a_public_project_stay_private(
    client: Client, owner: dict[str, str], platform: Platform, project: Project
) -> None:
    actor = platform.actor("ada")
    platform.dataset("ada", "mine", files={"data.csv": CANARY}, visibility=Visibility.PRIVATE)
    for who, name in (("ada", "mine"), ("openmo", "iris")):
        platform.imports.import_dataset(actor, project, platform.datasets.get(actor, who, name))
    for route in ROUTES[:2]:
        hidden = client.get(route.format(path="datasets/ada-mine/data.csv"))
        assert (hidden.status, CANARY in hidden.text) == (404, False)
        assert client.get(route.format(path="datasets/openmo-iris/data.csv")).status == 200
        assert CANARY in client.get(route.format(path="datasets/ada-mine/data.csv"), headers=owner).text
    assert "ada-mine" not in client.get("/projects/ada/open/files/datasets", headers={"accept": "text/html"}).text


HOSTILE_NAMES = (
    "<img src=x onerror=alert(1)>.txt", '"><script>alert(1)<!--', "javascript:alert(1)", "a b.txt",
    "100%.txt", "a#b?c&d=e.txt", "手写.txt", "e\u0301.txt", "\u202etxt.exe", "line\nbreak.txt", "tab\t.txt",
    "\x1b[31mred.txt", "..txt", "...", "-rf", "'; DROP TABLE--", "{{7*7}}.txt", "${jndi:x}.txt",
    "a" * 200 + ".txt", " ", "a\\b.txt", "con.txt", "%2e%2e", "~",
)  # fmt: skip
NOT_TEXT = (b"\xff\xfe.txt", b"caf\xe9.txt", b"\x80")


def test_files_of_any_name_are_listed_and_shown_harmlessly(
    client: Client, owner: dict[str, str], platform: Platform, project: Project
) -> None:
    workspace = platform.workspace(project) / "names"
    workspace.mkdir()
    for name in HOSTILE_NAMES:
        (workspace / name).write_text("content of it")
    for raw in NOT_TEXT:
        Path(os.fsdecode(os.fsencode(workspace) + b"/" + raw)).write_text("unreachable")
    page = client.get("/projects/ada/open/files/names", headers={**owner, "accept": "text/html"})
    assert page.status == 200
    assert "<img src=x" not in page.text
    assert "<script>alert(1)" not in page.text
    listed = client.get("/api/v1/projects/ada/open/files?path=names", headers=owner).json["items"]
    visible = {name for name in HOSTILE_NAMES if not name.startswith(".")}
    assert {entry["name"] for entry in listed} == visible
    for name in visible:
        for route in ROUTES[:2]:
            answer = client.get(
                route.format(path=f"names/{quote(name, safe='')}"), headers={**owner, "accept": "text/html"}
            )
            assert answer.status in (200, 404, 422), (route, name, answer.text)
            assert answer.status == 200 or "\\" in name or not name.strip() or "\n" in name, (route, name)
            assert "<img src=x" not in answer.text
            assert "\n" not in answer.headers.get("content-disposition", "")
            assert "<script>alert(1)" not in answer.text


def test_downloads_are_no_documents_of_this_site(
    client: Client, owner: dict[str, str], platform: Platform, project: Project
) -> None:
    files = {"page.html": "<script>alert(1)</script>", "image.svg": "<svg onload='alert(1)'/>", "x.xhtml": "<html/>",
             "fake.png": "<script>alert(1)</script>", "a.pdf": "%PDF", "noext": "<script>"}  # fmt: skip
    platform.write(project, files)
    for name in files:
        for route in (ROUTES[1], ROUTES[3]):
            answer = client.get(route.format(path=name), headers=owner)
            if answer.status == 404:
                continue
            assert "html" not in answer.headers["content-type"]
            assert "svg" not in answer.headers["content-type"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
            image = answer.headers["content-type"].startswith("image/")
            assert image or answer.headers["content-disposition"].startswith("attachment")


def test_a_huge_folder_is_cut_not_refused(
    client: Client, owner: dict[str, str], platform: Platform, project: Project
) -> None:
    folder = platform.workspace(project) / "many"
    folder.mkdir()
    for number in range(2100):
        (folder / f"{number}").touch()
    answer = client.get("/api/v1/projects/ada/open/files?path=many", headers=owner)
    assert len(answer.json["items"]) == 2000
