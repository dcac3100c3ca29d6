"""Each part behind the proxy gets its own cookies alone; a project's server speaks for nothing but itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.proxy.destinations import Destination, ends_session, session_keys

SESSION = "openmo_session=s3cret"
_COOKIES = (
    SESSION,
    "openmo-sign-in=state",
    "openmo-language=zh-CN",
    "jupyterhub-session-id=sid",
    "jupyterhub-hub-login=hub",
    "jupyterhub-user-ada-demo-x=lab",
    "jupyterhub-user-ada-demo-x-oauth-state=st",
    "jupyterhub-user-ada-demo-x-oauth-state-AbC=st2",
    "jupyterhub-user-ada-demo-x2=another",
    "jupyterhub-user-ada-demo=another",
    "jupyterhub-user-bob-demo-x=bobs",
    "oauthenticator-state=idp",
    "service-grader=g",
    "_xsrf=x",
    "other=1",
)
ALL = "; ".join(_COOKIES)


def names(prefix: str, header: str = ALL) -> set[str]:
    passed = Destination(prefix).cookies([header])
    return {pair.partition("=")[0] for pair in passed.split("; ") if pair}


def test_each_part_gets_its_own_cookies() -> None:
    assert names("/") == {"openmo_session", "openmo-sign-in", "openmo-language"}
    assert names("/hub") == {
        "jupyterhub-session-id", "jupyterhub-hub-login", "oauthenticator-state", "service-grader", "_xsrf", "other",
    }  # fmt: skip
    assert names("/run") == names("/mcp") == set()
    assert names("/user/ada/demo-x") == {
        "jupyterhub-user-ada-demo-x", "jupyterhub-user-ada-demo-x-oauth-state",
        "jupyterhub-user-ada-demo-x-oauth-state-AbC", "_xsrf",
    }  # fmt: skip
    assert names("/services/grader") == {"service-grader", "_xsrf"}
    assert names("/somewhere/else") == set()


def test_names_of_https_go_the_same_ways() -> None:
    secure = "__Host-openmo_session=s; __Host-openmo-sign-in=t; __Host-openmo-project=p"
    assert names("/", secure) == {"__Host-openmo_session", "__Host-openmo-sign-in", "__Host-openmo-project"}
    for prefix in ("/hub", "/run", "/mcp", "/user/ada/demo-x", "/services/grader"):
        assert names(prefix, secure) == set()
    assert session_keys([secure]) == session_keys(["openmo_session=s"]) == {"openmo_session=s"}
    assert ends_session('__Host-openmo_session=""; Max-Age=0; Path=/; Secure')


def test_an_account_is_quoted_in_its_servers_cookie() -> None:
    assert names("/user/ada@x.org/demo", "jupyterhub-user-ada%40x.org-demo=1; jupyterhub-user-ada@x.org-demo=2") == {
        "jupyterhub-user-ada%40x.org-demo"
    }


@given(st.text(alphabet=" \t;,=\"'\\aopenm_session", max_size=40), st.text(alphabet=' ;,"=x', max_size=8))
def test_no_writing_of_the_session_reaches_a_project(before: str, between: str) -> None:
    header = f"{before};{between}{SESSION}"
    assert not names("/user/ada/demo", header) - {"_xsrf", "jupyterhub-user-ada-demo"}


def test_several_headers_count_as_one() -> None:
    assert Destination("/").cookies([SESSION, "_xsrf=x", "openmo-language=en"]) == f"{SESSION}; openmo-language=en"


@pytest.mark.parametrize(
    "cookie",
    [
        "jupyterhub-user-ada-demo=1; HttpOnly; Path=/user/ada/demo/",
        "jupyterhub-user-ada-demo-oauth-state=1; Path=/user/ada/demo/; Max-Age=600",
        "_xsrf=1; path=/user/ada/demo/",
        "_xsrf=1; Path=/user/%61da/demo",
    ],
)
def test_a_projects_server_sets_its_own_cookies(cookie: str) -> None:
    assert Destination("/user/ada/demo").may_send("Set-Cookie", cookie)


@pytest.mark.parametrize(
    "cookie",
    [
        "openmo_session=mine; Path=/",
        "openmo_session=mine; Path=/user/ada/demo/",
        "openmo_session =mine; Path=/workspace",
        "jupyterhub-hub-login=mine; Path=/hub/",
        "jupyterhub-session-id=mine; Path=/",
        "jupyterhub-user-ada-other=mine; Path=/user/ada/other/",
        "_xsrf=mine; Path=/hub/",
        "_xsrf=mine; Path=/",
        "_xsrf=mine; Path=/user/ada/demo-2/",
        "_xsrf=mine; Path=/user/ada/demo/; Path=/",
        "_xsrf=mine; Path=/user/ada/demo/; Domain=localhost",
        "_xsrf=mine",
        "_xsrf",
        "=openmo_session=mine; Path=/user/ada/demo/",
        "anything=mine; Path=/user/ada/demo/",
        "",
    ],
)
def test_and_no_other(cookie: str) -> None:
    assert not Destination("/user/ada/demo").may_send("set-cookie", cookie)


def test_it_makes_no_rule_for_the_whole_site() -> None:
    project = Destination("/user/ada/demo")
    for name in ("Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "NEL"):
        assert not project.may_send(name, "x")
        assert Destination("/").may_send(name, "x")
    assert project.may_send("Content-Type", "text/html")


def test_what_marks_a_session_and_what_ends_it() -> None:
    assert session_keys([ALL]) == {SESSION, "jupyterhub-session-id=sid"}
    assert ends_session('openmo_session=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/')
    assert ends_session('jupyterhub-session-id=""; expires=Sat, 29 Nov 2025 05:00:00 GMT; Path=/')
    assert not ends_session("openmo_session=new; Path=/")
    assert not ends_session('openmo-sign-in=""; Max-Age=0; Path=/')
