"""Errors as answers of the web service: problem details (openmo.core.problems), or pages for browsers."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from openmo.core.errors import InvalidInput, OpenMoError, UnexpectedError
from openmo.core.messages import message
from openmo.core.problems import MEDIA_TYPE, problem, problem_headers, problem_of_status
from openmo.core.space import storage_full
from openmo.languages.problems import in_language
from openmo.web.headers import SECURITY_HEADERS
from openmo.web.pages import error_page
from openmo.web.reader import language_for

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Every error of this application is rendered here."""
    app.add_exception_handler(OpenMoError, on_openmo_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(OSError, _on_os_error)
    app.add_exception_handler(Exception, _on_bug)


def wants_page(request: Request) -> bool:
    """Whether a person reads the answer in a browser."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def on_openmo_error(request: Request, error: Exception) -> Response:
    """The answer for an error raised on purpose."""
    assert isinstance(error, OpenMoError)  # noqa: S101 (registered for that class alone)
    return _answer(request, error.status, error.message, problem(error), problem_headers(error))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for that class alone)
    missing = error.status_code == HTTPStatus.NOT_FOUND
    detail = message("There is nothing at this address.") if missing else str(error.detail)
    body = problem_of_status(error.status_code, detail)
    return _answer(request, error.status_code, detail, body, dict(error.headers or {}))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for that class alone)
    wrong = ((".".join(str(part) for part in each["loc"][1:]) or "body", each["msg"]) for each in error.errors())
    return await on_openmo_error(request, InvalidInput.of_fields(wrong))


async def _on_os_error(request: Request, error: Exception) -> Response:
    full = storage_full(error)
    if full is None:
        raise error
    _log.warning("Request %s %s found no space: %s", request.method, request.url.path, error)
    return await on_openmo_error(request, full)


async def _on_bug(request: Request, error: Exception) -> Response:
    request_id = getattr(request.state, "request_id", "")
    _log.error("Request %s %s (%s) failed.", request.method, request.url.path, request_id, exc_info=error)
    told = UnexpectedError("The server's log tells more under this request id.", request_id=request_id)
    # This answer is made outside of all middleware, so it brings the headers of every answer itself.
    headers = {**SECURITY_HEADERS, "X-Request-Id": request_id}
    return _answer(request, told.status, told.message, problem(told), headers)


def _answer(
    request: Request, status: int, detail: str, body: Mapping[str, object], headers: Mapping[str, str]
) -> Response:
    if wants_page(request):
        page = error_page(request, status=status, detail=detail, request_id=str(body.get("request_id", "")))
        page.headers.update(headers)
        return page
    told = in_language(language_for(request), body)
    return JSONResponse(told, status_code=status, headers=dict(headers), media_type=MEDIA_TYPE)
