import pytest

from openmo.languages.language import CHINESE, ENGLISH, LANGUAGES, choose_language, translations
from tools import translations as catalogues


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("en;q=0.5, zh-TW;q=0.9", CHINESE),
        ("fr, de;q=0.9, en;q=0.1", ENGLISH),
        ("fr", ENGLISH),
        ("zh;q=0, en;q=0.1", ENGLISH),
        ("zh;q=x, en;q=0.1", ENGLISH),
        (",;=,;;q", ENGLISH),
        ("zh" * 10_000, ENGLISH),
        (None, ENGLISH),
    ],
)
def test_the_browser_is_asked_last(header: str | None, expected: object) -> None:
    assert choose_language(cookie=None, accept=header) is expected


def test_a_choice_made_here_outweighs_account_and_browser() -> None:
    assert choose_language(cookie="zh-CN", account="en", accept="en") is CHINESE
    assert choose_language(cookie="xx", account="zh-CN", accept="en") is CHINESE


@pytest.mark.parametrize("tag", catalogues.LOCALES)
def test_every_text_of_the_pages_is_translated_with_its_placeholders(tag: str) -> None:
    stored = catalogues.stored(tag)
    texts = {message.id for message in catalogues.all_texts() if message.id}
    assert {text for text in texts if text not in stored} == set()
    assert catalogues.missing_translations(stored) == []


def test_a_catalogue_is_compiled_from_its_source() -> None:
    assert translations(CHINESE).gettext("Workspace") == "工作台"
    assert translations(CHINESE).ngettext("%(num)s file", "%(num)s files", 3) == "%(num)s 个文件"
    assert translations(ENGLISH).gettext("Workspace") == "Workspace"
    assert len({language.tag for language in LANGUAGES}) == 2
