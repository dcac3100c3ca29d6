"""What OpenMo asks of the Hub's own pages and API before they do what they do.

JupyterHub starts a server and signs out on a GET, which any page, mail or chat can make a browser send. Those two GETs
therefore do it only for somebody who is on this site already; to others they show a page with one button. And the web
service, whose right to make tokens JupyterHub cannot narrow, makes those that call one app, and no others.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias
from urllib.parse import urlsplit

from jupyterhub.apihandlers.users import SelfAPIHandler, UserTokenAPIHandler, UserTokenListAPIHandler
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LogoutHandler
from jupyterhub.handlers.pages import SpawnHandler
from jupyterhub.orm import Service
from tornado.web import HTTPError, RequestHandler

from openmo.hub.endings import SignsOutForGood
from openmo.hub.lookups import HonestLookUp, SaysFull
from openmo.identity.app_tokens import DAYS
from openmo.identity.service_names import CALL_SCOPE, NOBODYS, WEB_SERVICE

Route: TypeAlias = tuple[str, type[RequestHandler], *tuple[object, ...]]
"""As tornado's applications take them: a pattern, its handler, and what that is made with."""
TOKEN_SECONDS = DAYS * 86_400
_OWN_SITES = ("same-origin", "none")


class _PlainRedirect:
    """JupyterHub passes `next` on to a header, where a line break is an error of ours (500), not the sender's."""

    def redirect(self, url: str, *arguments: object, **options: object) -> None:
        if not url.isprintable():
            raise HTTPError(400, "This address holds characters that no address has.")
        super().redirect(url, *arguments, **options)  # type: ignore[misc]  # of the handler that this is mixed into


class _AsksForApproval:
    """A GET that changes something: done for who is on this site, asked about for who comes from elsewhere."""

    async def get(self, *arguments: str) -> None:
        handler: BaseHandler = self
        if comes_from_here(handler):
            result = super().get(*arguments)  # type: ignore[misc]  # of the handler that this is mixed into
            if result is not None:
                await result
            return
        handler.set_header("Cache-Control", "no-store")
        kind = "sign_out" if isinstance(self, LogoutHandler) else "open"
        handler.finish(await handler.render_template("confirm.html", kind=kind, action=handler.request.path))


class _SaysUnknown:
    """JupyterHub's answer to who bears a token, with a word for an unknown one: without it, something failed."""

    async def get(self) -> None:
        handler: BaseHandler = self
        if handler.current_user is None:
            raise HTTPError(403, NOBODYS)
        await super().get()  # type: ignore[misc]  # of the handler that this is mixed into


class _MakesTokensThatEnd:
    """JupyterHub gives the longest life that a token may have to who says nothing; here that is 90 days, as elsewhere.

    What the web service may make of tokens besides: those that call one app, of which its caller has said all.
    """

    async def post(self, user_name: str) -> None:
        handler: BaseHandler = self
        body = handler.get_json_body() or {}
        if not _is_web_service(handler):
            longest = handler.settings["token_expires_in_max_seconds"]
            if isinstance(body, dict) and body.get("expires_in") is None:
                body["expires_in"] = min(TOKEN_SECONDS, longest or TOKEN_SECONDS)
                handler.request.body = json.dumps(body).encode()
        else:
            wanted = body.get("scopes") if isinstance(body, dict) and not body.get("roles") else None
            if not (isinstance(wanted, list) and wanted and all(map(_calls_one_app, wanted))):
                raise HTTPError(403, "This service makes tokens that call one app, and no others.")
        await super().post(user_name)  # type: ignore[misc]  # of the handler that this is mixed into


class _WithdrawsAppTokensOnly:
    """What the web service may withdraw of tokens: those that it may make."""

    def delete(self, user_name: str, token_id: str) -> None:
        handler: BaseHandler = self
        user = handler.find_user(user_name) if _is_web_service(handler) else None
        if user is not None and not any(map(_calls_one_app, handler.find_token_by_id(user, token_id).scopes)):
            raise HTTPError(404, "There is no such token of an app.")
        super().delete(user_name, token_id)  # type: ignore[misc]  # of the handler that this is mixed into


def _is_web_service(handler: BaseHandler) -> bool:
    return isinstance(handler.current_user, Service) and handler.current_user.name == WEB_SERVICE


def _calls_one_app(scope: object) -> bool:
    return isinstance(scope, str) and scope.startswith(f"{CALL_SCOPE}!server=")


def comes_from_here(handler: RequestHandler) -> bool:
    """Whether a page of this site, or the person at the address bar, asked; what cannot be known is a no."""
    headers = handler.request.headers
    if site := headers.get("Sec-Fetch-Site"):
        return site in _OWN_SITES
    return urlsplit(headers.get("Referer", "")).netloc == handler.request.host  # plain http tells no more


@cache
def _guarded(handler: type[RequestHandler]) -> type[RequestHandler]:
    if not issubclass(handler, BaseHandler):
        return handler
    more: tuple[type, ...] = (_PlainRedirect, SaysFull, SignsOutForGood, HonestLookUp)
    if issubclass(handler, (SpawnHandler, LogoutHandler)):
        more = (_AsksForApproval, *more)
    elif issubclass(handler, SelfAPIHandler):
        more = (_SaysUnknown, *more)
    elif issubclass(handler, UserTokenListAPIHandler):
        more = (_MakesTokensThatEnd, *more)
    elif issubclass(handler, UserTokenAPIHandler):
        more = (_WithdrawsAppTokensOnly, *more)
    return type(handler.__name__, (*more, handler), {})


def guarded(routes: Iterable[Route]) -> list[Route]:
    """The routes of a tornado application, each handler of the Hub's with these rules before its own."""
    # mypy takes the hash of a class for that of its instances
    return [(pattern, _guarded(handler), *rest) for pattern, handler, *rest in routes]  # type: ignore[arg-type]
