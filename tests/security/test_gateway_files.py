"""Files into and out of apps: nothing of the machine or of another call gets out, whatever a caller or handler says."""

import base64
import contextlib
import io
import os
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Error
from support.browser import chromium
from support.served_apps import ServedApps, served

from openmo.serving.directory import DeployedRelease

ECHO = """
import os
def handle(conf):
    photo = conf["photo"]
    return {"size": os.path.getsize(photo), "path": photo}
"""

PASS_ON = """
def handle(conf):
    return {"file": conf["path"]}
"""


def png(width: int = 3, height: int = 2) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("files")) as running:
        yield running


@pytest.fixture(scope="module")
def echo(apps: ServedApps) -> DeployedRelease:
    return apps.deploy(ECHO, app="echo", inputs={"photo": "img"}, outputs={"size": "int", "path": "str"})


def test_an_image_comes_in_by_form_data_url_or_base64(apps: ServedApps, echo: DeployedRelease) -> None:
    data = png()
    encoded = base64.b64encode(data).decode()
    by_form = apps.output(echo, files={"photo": ("my photo.PNG", data, "image/png")})
    assert by_form["size"] == len(data)
    assert by_form["path"].endswith("my_photo.PNG")
    for value in (encoded, f"data:image/png;base64,{encoded}"):
        output = apps.output(echo, {"photo": value})
        assert output["size"] == len(data)
        assert output["path"].endswith(".png")


def test_a_text_that_is_called_an_image_never_reaches_the_handler(apps: ServedApps, echo: DeployedRelease) -> None:
    text = b"just words"
    by_form = apps.call(echo, files={"photo": ("words.png", text, "image/png")})
    in_json = apps.call(echo, {"photo": base64.b64encode(text).decode()})
    for answer in (by_form, in_json):
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"name": "photo", "message": "This is a text file, not an image."}]
    assert apps.call(echo, files={"photo": ("nothing.png", b"", "image/png")}).status_code == 422


@pytest.mark.parametrize(
    "value",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://127.0.0.1:8000/",
        "file:///etc/passwd",
        "/etc/passwd",
        "../handler.py",
        "handler.py",
        "data:image/png,not base64",
        "data:;base64,",
        "data:image/png;base64,####",
        "",
        7,
        {"path": "/etc/passwd"},
        ["/etc/passwd"],
        None,
    ],
)
def test_text_never_becomes_a_path_or_a_request(apps: ServedApps, echo: DeployedRelease, value: object) -> None:
    texts = [value] if isinstance(value, str) else []
    answers = [apps.call(echo, {"photo": value}), *(apps.call(echo, data={"photo": text}) for text in texts)]
    for response in answers:
        assert response.status_code == 422, response.text
        assert [entry["name"] for entry in response.json()["errors"]] == ["photo"]


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/evil.png",
        "..\\..\\evil.png",
        "/etc/cron.d/evil",
        "a\0b.png",
        "." * 300,
        "",
        "%2e%2e%2fevil",
        "图.png",
    ],
)
def test_upload_names_stay_in_their_folder(apps: ServedApps, echo: DeployedRelease, name: str) -> None:
    boundary = "b"
    head = f'Content-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'.encode()
    body = b"--b\r\n" + head + png() + b"\r\n--b--\r\n"
    response = apps.call(echo, content=body, headers={"content-type": f"multipart/form-data; boundary={boundary}"})
    assert response.status_code in (200, 422)
    if response.status_code == 200:
        path = Path(response.json()["output"]["path"])
        assert path.parent.name == "in"
        assert ".." not in path.parts
        assert path.is_relative_to(apps.root / "pool")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/proc/self/environ",
        "/proc/self/mem",
        "../../../../etc/passwd",
        "/",
        ".",
        "nothing",
        "\0",
        "/dev/zero",
    ],
)
def test_a_handler_cannot_publish_files_of_the_machine(apps: ServedApps, path: str) -> None:
    release = apps.deploy(PASS_ON, inputs={"path": "str"}, outputs={"file": "file"})
    response = apps.call(release, {"path": path})
    assert response.status_code == 500
    assert response.json()["code"] == "handler_failed"
    assert "root:" not in response.text


@pytest.mark.parametrize("target", ["/etc/passwd", "/proc/self/environ"])
def test_links_publish_nothing(apps: ServedApps, target: str) -> None:
    release = apps.deploy(
        f"""
        import os
        def handle(conf):
            os.symlink({target!r}, "innocent.txt")
            return {{"file": "innocent.txt"}}
        """,
        outputs={"file": "file"},
    )
    assert apps.call(release).status_code == 500


def test_a_worker_that_swaps_its_output_for_a_link_publishes_nothing(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        import os, sys
        from pathlib import Path
        serve = sys.modules["openmo.serving.inside.serve"]

        def lie(name, kind, value, *, folder, roots):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "0.txt").symlink_to("/etc/passwd")
            return folder / (value if value else "0.txt")

        serve.store_output = lie

        def handle(conf):
            return {"file": conf.get("name", "")}
        """,
        inputs={"name": {"value_type": "str", "optional": True}},
        outputs={"file": "file"},
    )
    for name in ("", "../in", "../../../x"):
        response = apps.call(release, {"name": name})
        assert "root:" not in response.text
        if response.status_code == 200:
            assert response.json()["output"] == {"file": None}
        apps.pool.stats()


def test_a_file_left_by_one_call_is_not_there_for_the_next(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        def handle(conf):
            if conf["write"]:
                open("private.txt", "w").write(conf["write"])
            return {"file": "private.txt"}
        """,
        inputs={"write": "str"},
        outputs={"file": "file"},
    )
    assert apps.call(release, {"write": "a secret"}).status_code == 200
    assert apps.call(release, {"write": ""}).status_code == 500


def test_output_files_have_safe_types_and_unguessable_addresses(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        from PIL import Image
        def handle(conf):
            open("page.html", "w").write("<script>alert(1)</script>")
            open("drawing.svg", "w").write("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
            return {"image": Image.new("RGB", (4, 4)), "page": "page.html", "drawing": "drawing.svg"}
        """,
        outputs={"image": "img", "page": "file", "drawing": "img"},
    )
    output = apps.output(release)
    image = apps.client.get(output["image"])
    assert (image.status_code, image.headers["content-type"]) == (200, "image/png")
    page = apps.client.get(output["page"])
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    drawing = apps.client.get(output["drawing"])
    for response in (image, page, drawing):
        assert response.headers["content-security-policy"].startswith("sandbox;")
        assert "allow-scripts" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
    assert len({url.rpartition("/")[2] for url in output.values()}) == 3
    assert all(len(url.rpartition("/")[2]) == 43 for url in output.values())
    head = apps.client.head(output["image"])
    assert (head.status_code, head.content) == (200, b"")
    part = apps.client.get(output["image"], headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    stranger = apps.deploy(ECHO, inputs={"photo": "img"})
    token = output["image"].rpartition("/")[2]
    assert apps.client.get(f"/run/{stranger.owner}/{stranger.app}/files/{token}").status_code == 404


SHOWN = """
import wave
def handle(conf):
    with wave.open("tone.wav", "wb") as tone:
        tone.setparams((1, 2, 8000, 8000, "NONE", "NONE"))
        tone.writeframes(bytes(16000))
    script = "<script>document.title = 'ran'; alert(1)</script>"
    texts = {"page.html": script, "page.xhtml": f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{script}</body></html>",
             "page.mp4": f"<html>{script}</html>", "page.wav": f"<html>{script}</html>",
             "drawing.svg": f"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(2)'>{script}</svg>",
             "page.pdf": f"<html>{script}</html>", "page.txt": script, "page.csv": script}
    for name, text in texts.items():
        open(name, "w").write(text)
    return {"tone": "tone.wav", **{name.replace(".", "_"): name for name in texts}}
"""


@pytest.mark.e2e
def test_a_browser_plays_sound_and_runs_nothing(apps: ServedApps) -> None:
    names = ("page_html", "page_xhtml", "page_mp4", "page_wav", "drawing_svg", "page_pdf", "page_txt", "page_csv")
    release = apps.deploy(SHOWN, outputs={"tone": "audio", **dict.fromkeys(names, "file")})
    output = apps.output(release)
    with chromium() as browser:
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.goto(f"{apps.url}{output['tone']}")
        page.wait_for_function("() => document.querySelector('video, audio')?.readyState >= 1")
        for name in names:
            with contextlib.suppress(Error):  # what is saved instead ends the navigation
                page.goto(f"{apps.url}{output[name]}")
            assert "ran" not in page.title(), name
        assert dialogs == []


@pytest.fixture(scope="module")
def letters(apps: ServedApps) -> str:
    """The address of an output file that holds `abcdefghij`."""
    release = apps.deploy("def handle(conf):\n    return {'f': b'abcdefghij'}\n", outputs={"f": "file"})
    return str(apps.output(release)["f"])


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=2-4", 206, b"cde"),
        ("bytes=7-", 206, b"hij"),
        ("bytes=-2", 206, b"ij"),
        ("bytes=-99", 206, b"abcdefghij"),
        ("bytes=8-99", 206, b"ij"),
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=4-2", 200, b"abcdefghij"),
        ("bytes=-", 200, b"abcdefghij"),
        ("items=0-1", 200, b"abcdefghij"),
        ("bytes=0-1,4-5", 200, b"abcdefghij"),
        ("bytes=" + ",".join(["0-"] * 4000), 200, b"abcdefghij"),
        ("bytes=" + "9" * 19 + "-", 200, b"abcdefghij"),
    ],
)
def test_one_range_is_served_and_anything_else_is_no_range(
    apps: ServedApps, letters: str, asked: str, status: int, content: bytes
) -> None:
    answer = apps.client.get(letters, headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, content)


def test_what_a_client_still_has_is_not_sent_again(apps: ServedApps, letters: str) -> None:
    tag = apps.client.get(letters).headers["etag"]
    for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ('"x"', 200)):
        answer = apps.client.get(letters, headers={"if-none-match": known})
        assert (answer.status_code, bool(answer.content)) == (status, status == 200)
    for known, status in ((tag, 206), ('"x"', 200)):
        assert apps.client.get(letters, headers={"range": "bytes=0-1", "if-range": known}).status_code == status


def test_an_app_does_not_choose_the_date_of_its_file(apps: ServedApps) -> None:
    handler = """
import os, shutil
copy = shutil.copyfile
def copy_of_yore(source, target):
    copy(source, target)
    os.utime(target, (86400, 86400))
shutil.copyfile = copy_of_yore
def handle(conf):
    with open("f.bin", "wb") as file:
        file.write(b"data")
    return {"f": "f.bin"}
"""
    answer = apps.client.get(apps.output(apps.deploy(handler, outputs={"f": "file"}))["f"])
    assert answer.content == b"data"
    # Some file systems hold times of which no HTTP date can be made.
    assert time.time() - parsedate_to_datetime(answer.headers["last-modified"]).timestamp() < 3600


def test_a_link_in_place_of_an_output_file_is_not_followed(apps: ServedApps, tmp_path: Path) -> None:
    release = apps.deploy("def handle(conf):\n    return {'f': b'data'}\n", outputs={"f": "file"})
    url = str(apps.output(release)["f"])
    (file,) = (apps.root / "gateway" / "files" / release.project_id / url.rpartition("/")[2]).iterdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    file.unlink()
    file.symlink_to(secret)
    assert apps.client.get(url).status_code == 404


@pytest.mark.parametrize("token", ["a" * 43, "../" * 5, "a", "%2e%2e%2f" * 3, "a" * 42 + "/", "a" * 5000])
def test_guessed_tokens_find_nothing(apps: ServedApps, echo: DeployedRelease, token: str) -> None:
    response = apps.client.get(f"/run/{echo.owner}/{echo.app}/files/{token}")
    assert response.status_code == 404


def test_output_files_expire(tmp_path: Path) -> None:
    with served(tmp_path, settings={"file_seconds": 100}) as running:
        release = running.deploy("def handle(conf):\n    return {'f': b'data'}\n", outputs={"f": "file"})
        url = running.output(release)["f"]
        assert running.client.get(url).content == b"data"
        folder = tmp_path / "gateway" / "files" / release.project_id / url.rpartition("/")[2]
        os.utime(folder, (time.time() - 101, time.time() - 101))
        assert running.client.get(url).status_code == 404


def test_no_upload_is_left_behind(apps: ServedApps, echo: DeployedRelease) -> None:
    assert apps.call(echo, files={"photo": ("a.png", png(), "image/png")}).status_code == 200
    assert apps.call(echo, files={"photo": ("a.png", png(), "image/png"), "x": (None, "y")}).status_code == 422
    assert apps.call(echo, files={"x": ("a.png", png(), "image/png")}).status_code == 422
    assert list((apps.root / "gateway" / "uploads").iterdir()) == []
