"""Which Host stands for which project."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.config.origins import SHARED, ProjectOrigins
from openmo.config.settings import Settings

LOCAL = ProjectOrigins("localhost")


@given(st.from_regex(r"[a-z][a-z0-9-]{0,29}", fullmatch=True), st.sampled_from(["", ":80", ":8455"]))
def test_a_projects_host_says_which_project(slug: str, port: str) -> None:
    for site in (f"127.0.0.1{port}", f"[::1]{port}", f"localhost{port}"):
        host = LOCAL.host(slug, site)
        assert host == f"{slug}.localhost{port}"
        assert LOCAL.slug(host) == LOCAL.slug(host.upper()) == slug


OTHERS = (
    "localhost localhost:80 127.0.0.1:80 [::1]:80 a.b.localhost .localhost 1a.localhost a_b.localhost a.localhost.evil "
    "alocalhost a.localhost: a.localhost:x"
)


@pytest.mark.parametrize("host", OTHERS.split())
def test_other_hosts_stand_for_none(host: str) -> None:
    assert LOCAL.slug(host) is None


def test_without_a_domain_all_share_the_sites_address() -> None:
    assert SHARED.host("demo", "127.0.0.1:8000") == ""
    assert SHARED.slug("demo.localhost:8000") is None
    assert LOCAL.host("../x", "127.0.0.1") == ""


def test_who_gets_which_domain(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("data")
    for options, domain in (
        ({}, "localhost"),
        ({"project_domain": "none"}, ""),
        ({"authenticator": "native"}, ""),
        ({"authenticator": "native", "project_domain": "Lab.example.org"}, "lab.example.org"),
        ({"public_url": "https://openmo.example.org"}, ""),
    ):
        assert Settings(data=folder, **options).project_origins.domain == domain  # type: ignore[arg-type]


@pytest.mark.parametrize("public_url", ["https://Openmo.lab.example.org", "http://openmo.lab.example.org:8000/"])
def test_the_site_below_the_projects_domain_is_no_project(tmp_path: Path, public_url: str) -> None:
    settings = Settings(data=tmp_path, public_url=public_url, project_domain="lab.example.org")
    origins = settings.project_origins
    for host in ("openmo.lab.example.org", "openmo.lab.example.org:8000", "OpenMo.lab.example.org", "lab.example.org"):
        assert origins.slug(host) is None
    assert origins.host("openmo", "openmo.lab.example.org") == ""
    assert origins.slug(origins.host("demo", "openmo.lab.example.org:8000")) == "demo"
