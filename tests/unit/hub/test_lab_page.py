"""While JupyterLab loads, its page says so."""

import jinja2
import pytest

from openmo.hub.lab_page import loading_page

INDEX = '<!doctype html><html lang="en"><head></head><body class="jp-ThemedContainer"><script>1</script></body></html>'


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Opening ada/iris"), ("zh-CN", "正在打开 ada/iris"), ("", "Opening ada/iris"), ("fr", "Opening ada/iris")],
)
def test_the_sentence_stands_in_the_body_in_the_readers_language(language: str, words: str) -> None:
    page = loading_page(INDEX, "ada/iris", language)
    assert page is not None
    before, _, after = page.partition(words)
    assert '<body class="jp-ThemedContainer">' in before
    assert after.endswith("<script>1</script></body></html>")
    assert jinja2.Template(page).render() == page, "it is a template of JupyterLab's server"


def test_a_page_without_a_body_is_left_alone() -> None:
    assert loading_page("<html></html>", "ada/iris", "en") is None
