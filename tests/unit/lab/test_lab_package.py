"""What the package promises beyond code: both languages complete, and a lock file that names no registry."""

import json
import re

from babel.messages.pofile import read_po
from support.checkout import ROOT

LAB = ROOT / "lab"
CALL = re.compile(r'trans\.__\(\s*"((?:[^"\\]|\\.)*)"')


def texts_in_code() -> set[str]:
    sources = sorted((LAB / "src").rglob("*.ts"))
    return {json.loads(f'"{text}"') for source in sources for text in CALL.findall(source.read_text(encoding="utf-8"))}


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    with (LAB / "openmo_lab/locale/zh_CN/LC_MESSAGES/openmo_lab.po").open("rb") as file:
        catalogue = read_po(file)
    translated = {message.id for message in catalogue if message.id and message.string and not message.fuzzy}
    assert len(texts_in_code()) > 20
    assert translated == texts_in_code()


def test_translations_keep_the_placeholders() -> None:
    with (LAB / "openmo_lab/locale/zh_CN/LC_MESSAGES/openmo_lab.po").open("rb") as file:
        for message in read_po(file):
            assert sorted(re.findall(r"%\d", str(message.id))) == sorted(re.findall(r"%\d", str(message.string)))


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((LAB.parent / "package-lock.json").read_text())["packages"]
    assert not [name for name, entry in packages.items() if "resolved" in entry and not entry.get("link")]


def test_the_two_halves_have_one_version() -> None:
    python = re.search(r'^version = "(.+)"$', (LAB / "pyproject.toml").read_text(), re.MULTILINE)
    module = re.search(r'__version__ = "(.+)"', (LAB / "openmo_lab/__init__.py").read_text())
    assert python is not None
    assert module is not None
    assert python[1] == module[1] == json.loads((LAB / "package.json").read_text())["version"]
