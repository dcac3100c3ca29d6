"""Brings the catalogues up to date with the sources; with `--check` it only says what lacks."""

import argparse
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also when it runs as a script
from openmo.languages.language import LOCALE_FOLDER, SCRIPT_FLAG
from tools.error_classes import error_names

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "openmo" / "web"
PACKAGE = WEB.parent
LOCALES = {"zh-CN": "zh_Hans_CN"}
ENGLISH_ONLY = ("bootstrap", "cli", "config", "hub", "installation", "proxy")
"""Rooms whose messages no page shows: they speak to whoever runs OpenMo, in a terminal. All others are read."""
SHOWN = ("installation/samples.py", "installation/watch.py")
"""What pages show of those rooms all the same: the titles of the sample content, and what a process lacks."""
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = DEFAULT_KEYWORDS | dict.fromkeys(("message", *error_names()))
"""What marks a text for the catalogues: `message("…")`, the fixed text of an error, and `_("…")` in templates."""
_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def all_texts() -> Catalog:
    """Every text of the templates and the sources; without places, so that moving code changes no catalogue."""
    catalog = Catalog(project="OpenMo", charset="utf-8", fuzzy=False)
    ignored = ((f"{room}/**", "ignore") for room in ENGLISH_ONLY)
    methods = [*((file, "python") for file in SHOWN), *ignored, ("**.py", "python")]
    for folder, method_map in ((WEB, [("templates/**.html", "jinja2")]), (PACKAGE, methods)):
        found = extract_from_dir(folder, method_map=method_map, options_map=OPTIONS, keywords=KEYWORDS)
        for _file, _line, text, comments, context in found:
            catalog.add(text, auto_comments=comments, context=context)
    for folder in sorted(ROOT.glob("*/src")):
        # Babel reads TypeScript as the JavaScript that it is with types; a test counts that it finds every text.
        for _file, _line, text, _comments, _context in extract_from_dir(
            folder, method_map=[("**.ts", "javascript")], keywords={"t": None}
        ):
            catalog.add(text, flags=[SCRIPT_FLAG])
    return catalog


def stored(tag: str) -> Catalog:
    """The catalogue of that language as it is."""
    path = LOCALE_FOLDER / f"{tag}.po"
    if not path.is_file():
        return Catalog(locale=LOCALES[tag])
    with path.open("rb") as file:
        return read_po(file, locale=LOCALES[tag])


def updated(tag: str) -> Catalog:
    """The catalogue of that language with the texts of the sources: new ones empty, old ones gone."""
    known = stored(tag)
    for message in known:
        message.flags.discard(SCRIPT_FLAG)  # the sources say anew which are texts of scripts
    created = known.creation_date
    known.update(all_texts(), no_fuzzy_matching=True)
    known.creation_date = created  # else every run would change the file, and two branches always conflict
    known.obsolete.clear()
    return known


def missing_translations(catalog: Catalog) -> list[str]:
    """Texts without a translation, or whose translation has other placeholders."""
    return [str(message.id) for message in catalog if message.id and not _whole(message)]


def _whole(message: Message) -> bool:
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    said = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not said or not all(said):
        return False
    places = set(_PLACES.findall(sources[-1]))
    return all(set(_PLACES.findall(text)) == places for text in said)


def main() -> int:
    """Writes the catalogues; the exit status tells whether a text lacks its translation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    missing = 0
    for tag in LOCALES:
        catalog = updated(tag)
        if not check:
            catalog.header_comment = f"# OpenMo's pages in {tag}."
            with (LOCALE_FOLDER / f"{tag}.po").open("wb") as file:
                write_po(file, catalog, width=120, no_location=True, sort_output=True, omit_header=False)
        for text in missing_translations(catalog):
            missing += 1
            print(f"{tag}: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
