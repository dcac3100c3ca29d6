"""Names of the platform's own cookies in a browser.

Over https each begins with `__Host-`: browsers then keep it to the one host that set it, over TLS, for all paths. So no
page of a project at an address below the same domain, and nobody on the way, can slip a cookie of theirs in for it.
"""

_PREFIX = "__Host-"


def cookie_name(plain: str, scheme: str) -> str:
    """How the cookie is named where pages come by that scheme."""
    return f"{_PREFIX}{plain}" if scheme == "https" else plain


def plain_name(name: str) -> str:
    """Which cookie that is."""
    return name.removeprefix(_PREFIX)
