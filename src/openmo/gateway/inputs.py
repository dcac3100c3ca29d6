"""From a request's body to inputs that a handler may see."""

import json
import re
from collections.abc import Mapping

import msgspec

from openmo.core.errors import InvalidInput, UnsupportedMediaType
from openmo.core.messages import message
from openmo.core.text import whole
from openmo.gateway.endpoint import Endpoint
from openmo.gateway.forms import Form, discard, read_multipart, read_urlencoded
from openmo.gateway.http import Receive, Scope, header, read_body
from openmo.gateway.settings import GatewaySettings
from openmo.serving.file_kinds import misfit
from openmo.serving.pool import InputFile
from openmo.serving.uploads import NotAFile, Uploads
from openmo.specs.validate import Validator

_decode = msgspec.json.decode
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_UPLOADED = "(a file)"
"""Stands for an uploaded file while the inputs are validated."""
NO_FILES: Mapping[str, InputFile] = {}


class InputReader:
    """Reads and validates what callers send."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._uploads = Uploads(settings.folder / "uploads", settings.space)

    async def read(
        self, endpoint: Endpoint, scope: Scope, receive: Receive
    ) -> tuple[dict[str, object], Mapping[str, InputFile]]:
        """The validated inputs, and the files by input name. When it raises, no file is left behind."""
        content_type = header(scope, b"content-type")
        kind = content_type.partition(b";")[0].strip().lower()
        limit = endpoint.release.limits.body_bytes
        if kind == b"application/json" or not kind:
            return self._from_json(endpoint, await read_body(scope, receive, limit))
        if kind == b"multipart/form-data":
            form = await read_multipart(
                scope,
                receive,
                content_type,
                self._uploads,
                lambda name: name in endpoint.uploads or name in endpoint.tables,
                limit=limit,
                fields=self._settings.form_fields,
                text_bytes=self._settings.text_bytes,
            )
        elif kind == b"application/x-www-form-urlencoded":
            form = await read_urlencoded(scope, receive, limit=limit, fields=self._settings.form_fields)
        else:
            raise UnsupportedMediaType("Send application/json, or multipart/form-data when there are files.")
        return self._validated(endpoint, endpoint.validate_form, dict(form.values), form)

    def from_values(self, endpoint: Endpoint, values: object) -> tuple[dict[str, object], Mapping[str, InputFile]]:
        """The same from values as a JSON body has them."""
        if not endpoint.uploads:
            return endpoint.validate(values), NO_FILES
        return self._validated(endpoint, endpoint.validate, values, Form())

    def _from_json(self, endpoint: Endpoint, body: bytes) -> tuple[dict[str, object], Mapping[str, InputFile]]:
        try:
            values = _decoded(body) if body else {}
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidInput(message("The body is not JSON: %(error)s.", error=str(error)), errors=[]) from None
        return self.from_values(endpoint, values)

    def _validated(
        self, endpoint: Endpoint, validate: Validator, values: object, form: Form
    ) -> tuple[dict[str, object], Mapping[str, InputFile]]:
        errors: list[dict[str, str]] = []
        try:
            if isinstance(values, dict):
                self._decode_files(endpoint, values, form, errors)
                errors += _misfits(endpoint, form)
            inputs = validate(values)
        except InvalidInput as error:
            discard(form)
            summary = bool(error.fields.get("summary"))
            raise InvalidInput(error.message, errors=[*errors, *error.wrong], summary=summary) from None
        except BaseException:
            discard(form)
            raise
        if errors:
            discard(form)
            raise InvalidInput("Some inputs are not right.", errors=errors)
        for name in form.files:
            inputs.pop(name, None)
        return inputs, form.files

    def _decode_files(
        self, endpoint: Endpoint, values: dict[str, object], form: Form, errors: list[dict[str, str]]
    ) -> None:
        """Texts that stand for files become files: a handler never gets a caller's text as a path."""
        for name in endpoint.uploads:
            value = values.get(name)
            if isinstance(value, str) and value and name not in form.files:
                try:
                    form.files[name] = self._uploads.decode(value)
                except NotAFile as error:
                    errors.append({"name": name, "message": str(error)})
        values.update(dict.fromkeys([*form.files, *(each["name"] for each in errors)], _UPLOADED))


def _decoded(body: bytes) -> object:
    """The body's values; half a character (a lone surrogate, which JSON can spell) becomes U+FFFD."""
    try:
        return _decode(body)
    except msgspec.DecodeError:
        if not _HALF.search(body):
            raise
        try:
            text = json.dumps(json.loads(body), ensure_ascii=False)
        except ValueError:
            text = ""
        if not text:
            raise
        return _decode(whole(text).encode())


def _misfits(endpoint: Endpoint, form: Form) -> list[dict[str, str]]:
    """What a handler could only fail on: a text where a picture should be."""
    found = ((name, misfit(file.path, endpoint.uploads.get(name, ""))) for name, file in form.files.items())
    return [{"name": name, "message": why} for name, why in found if why]
