"""Uploads over REST, as tus 1.0.0 describes them, before a real server."""

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.identity import MemoryIdentity
from support.platform import Platform
from support.processes import wait_for
from support.served_pages import served_pages

from openmo.core.visibility import Visibility
from openmo.web.app import BODY_LIMIT
from openmo.web.security import SESSION_COOKIE

UPLOADS = "/api/v1/uploads"
BYTES = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}
Open = Callable[..., str]


@pytest.fixture
def identity() -> MemoryIdentity:
    return MemoryIdentity()


@pytest.fixture
def site(platform: Platform, identity: MemoryIdentity) -> Iterator[str]:
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        yield url


@pytest.fixture
def ada(site: str, identity: MemoryIdentity) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {identity.token('ada')}", **TUS}
    with httpx.Client(base_url=site, headers=headers, timeout=30) as client:
        yield client


def opened(client: httpx.Client, **draft: object) -> str:
    answer = client.post(UPLOADS, json=draft or {"new": {"name": "digits"}})
    assert answer.status_code == 201, answer.text
    return f"{UPLOADS}/{answer.json()['id']}"


def named(path: str, **values: str) -> str:
    pairs = {"path": path, **values}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def announce(client: httpx.Client, upload: str, path: str, size: int, **values: str) -> httpx.Response:
    headers = {"Upload-Length": str(size), "Upload-Metadata": named(path, **values)}
    return client.post(f"{upload}/files", headers=headers)


def patch(client: httpx.Client, place: str, offset: int, data: Any, **headers: str) -> httpx.Response:
    sent = {"Upload-Offset": str(offset), "Content-Type": BYTES, **headers}
    return client.patch(place, headers=sent, content=data)


def summed(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def test_a_dataset_is_made_of_files_in_parts(ada: httpx.Client, platform: Platform) -> None:
    data = bytes(range(256)) * (BODY_LIMIT // 64)  # more than any other request may bring
    upload = opened(ada, new={"name": "digits", "title": "Digits", "public": True, "category": "image"})
    place = announce(ada, upload, "images/a.bin", len(data)).headers["location"]
    assert ada.head(place).headers["upload-length"] == str(len(data))
    for offset in range(0, len(data), 3_000_000):
        answer = patch(ada, place, offset, data[offset : offset + 3_000_000])
        assert (answer.status_code, answer.headers["tus-resumable"]) == (204, "1.0.0")
        assert "GMT" in answer.headers["upload-expires"]
    small = ada.post(
        f"{upload}/files",
        headers={"Upload-Length": "5", "Upload-Metadata": named("README.md"), "Content-Type": BYTES},
        content=b"# Hi\n",
    )
    assert (small.status_code, small.headers["upload-offset"]) == (201, "5")
    found = ada.get(f"{upload}/files", params={"limit": 1}).json()
    assert (found["items"][0]["offset"], found["next"]) == (len(data), 1)
    assert ada.get(f"{upload}/files", params={"after": 1}).json()["items"][0]["path"] == "README.md"
    done = ada.post(f"{upload}/finish", json={"notes": "The first."})
    assert done.status_code in (200, 202)
    made = wait_for(lambda: found if (found := ada.get(upload).json())["state"] == "finished" else None)
    assert (made["version"], made["dataset"], made["problem"]) == (1, "ada/digits", "")
    dataset = platform.datasets.get(platform.actor("bob"), "ada", "digits")
    assert (platform.datasets.path(dataset) / "images" / "a.bin").read_bytes() == data


def test_the_protocol_says_what_it_speaks(ada: httpx.Client) -> None:
    upload = opened(ada)
    options = ada.options(f"{upload}/files")
    assert options.status_code == 200
    assert set(options.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    }
    place = announce(ada, upload, "a", 3).headers["location"]
    for version in ("", "0.2.2"):
        answer = ada.head(place, headers={"Tus-Resumable": version})
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    head = ada.head(place)
    assert (head.status_code, head.headers["upload-offset"], head.headers["cache-control"]) == (200, "0", "no-store")
    assert patch(ada, place, 0, b"abc", **{"Content-Type": "text/plain"}).status_code == 415
    wrong = patch(ada, place, 1, b"abc")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["offset"]) == (409, "wrong_offset", 0)
    assert wrong.headers["tus-resumable"] == "1.0.0"
    assert patch(ada, place, 0, b"abcd").status_code == 413
    assert patch(ada, place, 0, b"abc").status_code == 204
    assert patch(ada, place, 3, b"").headers["upload-offset"] == "3"
    assert ada.delete(place).status_code == 204
    assert (ada.head(place).status_code, ada.delete(place).status_code) == (404, 404)
    for length in ("", "-1", "1e3", str(1 << 60)):
        headers = {"Upload-Length": length, "Upload-Metadata": named("a")}
        assert ada.post(f"{upload}/files", headers=headers).status_code == 422
    for path in ("../a", "/etc/passwd", "a\\b", "a\nb", "/"):
        assert announce(ada, upload, path, 3).status_code == 422
    headers = {"Upload-Length": "1", "Upload-Metadata": "path ???"}
    assert ada.post(f"{upload}/files", headers=headers).status_code == 422


def test_checksums_are_compared(ada: httpx.Client) -> None:
    place = announce(ada, opened(ada), "a", 6).headers["location"]
    for algorithm in ("sha256", "sha1"):
        right = {"Upload-Checksum": summed(b"abc", algorithm)}
        offset = int(ada.head(place).headers["upload-offset"])
        answer = patch(ada, place, offset, b"xyz", **right)
        assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
        assert ada.head(place).headers["upload-offset"] == str(offset)
        assert patch(ada, place, offset, b"abc", **right).status_code == 204
    for header in ("md5 abc", "sha256", "sha256 ???", ""):
        answer = patch(ada, place, 6, b"", **{"Upload-Checksum": header})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_checksum")


def test_who_may_not_send_is_told_before_a_byte_is_read(site: str, ada: httpx.Client, identity: MemoryIdentity) -> None:
    place = announce(ada, opened(ada), "a", 1000).headers["location"]
    bob = f"Authorization: Bearer {identity.token('bob')}"
    for who, status in (("", 401), ("Authorization: Bearer nobody", 401), (bob, 404)):
        lines = [
            f"PATCH {place} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Type: {BYTES}",
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            "Content-Length: 1000",
            "Expect: 100-continue",
            *filter(None, [who]),
        ]
        with socket.create_connection(("127.0.0.1", httpx.URL(site).port or 0), timeout=20) as connection:
            connection.sendall("\r\n".join((*lines, "", "")).encode())
            answer = connection.makefile("rb").readline()
            assert answer.startswith(f"HTTP/1.1 {status}".encode()), answer


def test_a_browser_says_that_it_means_it(site: str, identity: MemoryIdentity, platform: Platform) -> None:
    platform.account("ada")
    cookies = {SESSION_COOKIE: identity.token("ada")}
    with httpx.Client(base_url=site, cookies=cookies, headers=TUS, timeout=30) as client:
        assert client.post(UPLOADS, json={}).status_code == 403
        form = {"Content-Type": "application/x-www-form-urlencoded", "Upload-Length": "1"}
        assert client.post(f"{UPLOADS}/x/files", headers=form, content=b"a").status_code == 415


def test_a_sender_who_stalls_is_cut_off_by_who_asks(ada: httpx.Client, site: str) -> None:
    place = announce(ada, opened(ada), "a", 10).headers["location"]
    held, goes_on = threading.Event(), threading.Event()
    answers: list[int] = []

    def stalling() -> Iterator[bytes]:
        yield b"abcd"
        held.set()
        goes_on.wait(30)
        yield b"late"

    def send() -> None:
        with httpx.Client(base_url=site, headers=ada.headers, timeout=30) as other:
            try:
                answers.append(patch(other, place, 0, stalling()).status_code)
            except httpx.TransportError:
                answers.append(0)  # cut off while it was sending

    sender = threading.Thread(target=send)
    sender.start()
    try:
        held.wait(30)
        wait_for(lambda: patch(ada, place, 0, b"x").status_code == 423)
        wait_for(lambda: int(ada.head(place).headers["upload-offset"]) == 4)
        assert patch(ada, place, 4, b"efghij").status_code == 204
    finally:
        goes_on.set()
        sender.join(30)
    assert answers in ([423], [0])
    assert ada.head(place).headers["upload-offset"] == "10"


def test_the_next_version_and_what_it_leaves_out(ada: httpx.Client, platform: Platform) -> None:
    platform.dataset("ada", "digits", files={"a.txt": "1", "old/b.txt": "2"}, visibility=Visibility.PRIVATE)
    upload = opened(ada, dataset="ada/digits")
    known = hashlib.sha256(b"1").hexdigest()
    again = announce(ada, upload, "copy.txt", 1, sha256=known)
    assert again.headers["upload-offset"] == "1"
    assert patch(ada, again.headers["location"], 1, b"").status_code == 204
    removal = ada.post(f"{upload}/remove", json={"patterns": ["old/*.txt"]})
    assert removal.json() == {"removed": ["old/*.txt"], "files": 1}
    ada.post(f"{upload}/finish", json={"notes": "Less."})
    done = wait_for(lambda: found if (found := ada.get(upload).json())["state"] == "finished" else None)
    assert (done["version"], done["base_version"]) == (2, 1)
    dataset = platform.datasets.get(platform.actor("ada"), "ada", "digits")
    assert sorted(path.name for path in Path(platform.datasets.path(dataset)).iterdir()) == ["a.txt", "copy.txt"]


def test_why_it_could_not_be_finished_is_told_in_the_reader_s_language(ada: httpx.Client, platform: Platform) -> None:
    platform.dataset("ada", "digits")
    upload = opened(ada)
    announce(ada, upload, "empty", 0)
    ada.post(f"{upload}/finish", json={})
    told = wait_for(lambda: found if (found := ada.get(upload).json())["state"] == "open" else None)
    assert told["problem"] == "You already have a dataset 'digits'."
    chinese = ada.get(upload, headers={"Accept-Language": "zh"}).json()["problem"]
    assert "digits" in chinese
    assert "already" not in chinese
    assert [each["id"] for each in ada.get(UPLOADS).json()["items"]] == [told["id"]]
    assert ada.delete(upload).status_code == 204
    assert json.loads(ada.get(UPLOADS).text) == {"items": []}
