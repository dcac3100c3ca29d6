"""Templates and the frame around every page."""

import hashlib
import json
import shlex
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from openmo.accounts.values import SAMPLES_OWNER, Actor
from openmo.core.clock import SystemClock
from openmo.languages.language import LANGUAGES, Language, script_texts, translations
from openmo.notices.values import NoticeCount
from openmo.web.embedding import Embedding, embedding_of
from openmo.web.parts import services_of
from openmo.web.presentation import formatting
from openmo.web.reader import language_for
from openmo.web.security import csrf_token, current_actor

_WEB = Path(__file__).resolve().parents[1]
_DIST = _WEB / "static" / "dist"
_NONE = NoticeCount(unread=0, last=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around its content."""

    language: Language
    languages: tuple[Language, ...]
    actor: Actor
    csrf_token: str
    address: str
    """Path and query of this page: where a switch of language or a sign-in comes back to."""
    section: str
    """The entry of the top bar that is current."""
    sign_in: str
    """Where signing in starts."""
    texts: Markup
    """What scripts say, as JSON for a data block."""
    embedding: Embedding | None
    """Set when one part of the page is shown in a frame."""
    notices: NoticeCount
    """What the reader has not read; nothing on pages that tell of an error."""


@cache
def environment(language: Language) -> Environment:
    """The templates in that language; autoescaped, and a misspelt name is an error instead of a gap."""
    made = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a template of another version than the code must not slip under a running server
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # by i18n
    made.filters.update(
        size=partial(formatting.size, language=language),
        count=partial(formatting.count, language=language),
        ago=lambda moment: formatting.ago(moment, SystemClock().now(), language),
        moment=partial(formatting.moment_text, language=language),
        duration=formatting.duration,
        shell=shlex.join,
        path=lambda text: quote(text, safe="/"),
        data_json=data_json,
        of=lambda text, owner: translations(language).gettext(text) if text and owner == SAMPLES_OWNER else text,
    )
    made.globals["asset"] = asset
    return made


@cache
def asset(name: str) -> str:
    """The address of a built file, with a digest so that browsers may keep it for ever."""
    path = _DIST / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
    return f"/static/dist/{name}?v={digest}"


def data_json(value: object) -> Markup:
    """JSON for a `<script type="application/json">` block: nothing in it can end the block."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped)


@cache
def _script_texts(language: Language) -> Markup:
    return data_json(script_texts(language))


def sign_in_address(address: str) -> str:
    """Where signing in starts, coming back to `address`."""
    return f"/sign-in?next={quote(address, safe='/')}"


def frame_for(
    request: Request, *, section: str = "", actor: Actor | None = None, notices: NoticeCount = _NONE
) -> Frame:
    """The frame of the page that answers the request."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    language = language_for(request)
    return Frame(
        language=language,
        languages=LANGUAGES,
        actor=current_actor(request) if actor is None else actor,
        csrf_token=csrf_token(request),
        address=address,
        section=section,
        sign_in=sign_in_address(address),
        texts=_script_texts(language),
        embedding=embedding_of(request),
        notices=notices,
    )


def render(request: Request, template: str, page: object, *, section: str = "", status: int = 200) -> HTMLResponse:
    """The page as HTML; `page` is the typed context that the template reads."""
    # An error's page must come up also when the database is what is wrong; its scripts ask for the count.
    notices = services_of(request).notices.count(current_actor(request)) if status < 500 else _NONE
    frame = frame_for(request, section=section, notices=notices)
    text = environment(frame.language).get_template(template).render(page=page, frame=frame)
    headers = {"Content-Language": frame.language.tag, "Vary": "Cookie, Accept-Language"}
    return HTMLResponse(text, status_code=status, headers=headers)
