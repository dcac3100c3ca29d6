"""What the Hub's log keeps of a request."""

import logging

import pytest

from openmo.hub.server import GuardedHub, SecretsHidden


@pytest.mark.parametrize("name", ["token", "key", "code", "state", "access_token", "_xsrf", "Password"])
@pytest.mark.parametrize("form", ["403 GET /hub/api/user?a=1&{}=s3cret&b=2 (127.0.0.1): no", "uri='/hub/x?{}=s3cret')"])
def test_values_of_telling_names_in_addresses_are_hidden(name: str, form: str) -> None:
    record = logging.LogRecord("tornado.general", logging.WARNING, "web.py", 1, form.format(name), (), None)
    line = SecretsHidden(fmt="%(message)s").format(record)
    assert "s3cret" not in line
    assert f"{name}=[secret]" in line
    assert ("b=2" in line) is ("b=2" in form)


def test_the_hub_uses_it() -> None:
    assert GuardedHub._log_formatter_cls is SecretsHidden
