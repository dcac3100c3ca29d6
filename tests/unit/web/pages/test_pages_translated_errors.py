"""What a form says is wrong, values and all, is in the reader's language."""

import html
import re
from typing import Any

import httpx
import pytest
from support.web_site import Site

BASE = "/projects/ada/digits"


def send(site: Site, path: str, **fields: Any) -> httpx.Response:
    browser = site.browser("ada", language="zh-CN")
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/workspace").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/deploy", {"channel": "release", "version": "1.0.0"}, "版本号只能增大：1.0.0 之后可以用 1.1.0。"),
        ("/deploy", {"channel": "release", "version": "<b>"}, "&#39;&lt;b&gt;&#39; 不是版本号"),
        ("/deploy", {"channel": "release", "notes": "x" * 20_000}, "版本说明最多 10,000 个字符，现有 20,000 个。"),
        ("/jobs", {"script": "README.md"}, "README.md 既不是 Python 文件，也不是笔记本。"),
        ("/jobs", {"script": "train.py", "cpus": "9999"}, "个 CPU：申请数不能超过它。"),
        ("/app/settings", {"access": "link", "origins": "example.org"}, "&#39;example.org&#39; 不是网站来源"),
        ("/app/versions/9.9.9/activate", {}, "ada/digits 没有版本 9.9.9。"),
    ],
)
def test_errors_with_values(furnished: Site, path: str, fields: dict[str, str], said: str) -> None:
    assert said in send(furnished, BASE + path, **fields).text


def test_what_is_wrong_with_a_handler(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    platform.write(project, {"handler.py": "x = 1\n"})
    page = furnished.browser("ada", language="zh-CN").get(f"{BASE}/deploy").text
    assert "handler.py：没有函数 `handle`" in page


def test_what_is_to_be_checked_before_a_deploy(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    handler = "def handle(conf):\n    n = conf['n']\n    # value_type: odd\n    return {'y': n}\n"
    spec = "input:\n  m:\n    value_type: int\noutput:\n  y:\n    value_type: int\nexamples:\n- {}\n- input: {m: 1.5}\n"
    platform.write(project, {"handler.py": handler, "app_spec.yml": spec})
    page = html.unescape(furnished.browser("ada", language="zh-CN").get(f"{BASE}/deploy").text)
    assert "输入 'n'：没有写明 value_type；请确认 str 是否正确" in page
    assert "输入 'n' 在 handler.py 中，但不在 app_spec.yml 中。" in page
    assert "输入 'm' 在 app_spec.yml 中，但不在 handler.py 中。" in page
    assert "示例 1：缺少带名称和值的 `input`。" in page
    assert "示例 2：'m'：这里必须是整数，而不是 1.5。" in page


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "没有项目 ada/none。"), ("en", "There is no project ada/none.")]
)
def test_problems_of_the_api_are_in_the_language_that_is_asked_for(furnished: Site, language: str, said: str) -> None:
    problem = furnished.browser("ada", language=language).get("/api/v1/projects/ada/none").json()
    assert (problem["code"], problem["detail"]) == ("not_found", said)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/projects/ada/none", "没有项目 ada/none。"),
        ("/datasets/ada/none", "没有数据集 ada/none。"),
        ("/modules/ada/none", "没有模块 ada/none。"),
        (f"{BASE}/files/no<b>.py", "这个项目中没有 'no<b>.py'。"),
    ],
)
def test_what_is_not_there(furnished: Site, path: str, said: str) -> None:
    assert said in html.unescape(furnished.browser("ada", language="zh-CN").get(path).text)
