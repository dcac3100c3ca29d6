"""The environment variables of user code: the one place that makes them, for kernels, jobs and apps alike."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from openmo.sandbox.policy import SandboxPolicy

_INHERITED = frozenset(
    {
        "CUDA_HOME",
        "CUDA_VISIBLE_DEVICES",
        "CURL_CA_BUNDLE",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "NO_PROXY",
        "NVIDIA_VISIBLE_DEVICES",
        "OMP_NUM_THREADS",
        "PIP_CERT",
        "PIP_INDEX_URL",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TERM",
        "TZ",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    }
)
LOGIN_PROFILE = ".profile"
LOGIN_PROFILE_TEXT = b"""\
# Made by OpenMo; yours to change. Login shells set PATH anew, and find the project's python and pip by this.
if [ -n "$VIRTUAL_ENV" ]; then PATH="$VIRTUAL_ENV/bin:$PATH"; fi
if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi
"""
"""What a home folder has where its owner has put nothing in its place."""
_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


def child_variables(
    policy: SandboxPolicy,
    base: Mapping[str, str],
    *,
    path: Sequence[Path] = (),
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """All variables of user code: harmless settings of `base`, HOME and TMPDIR of the policy, PATH, then `extra`.

    Nothing else of `base` passes, and no address that holds a password (`https://user:secret@host`). `path` comes
    before the system's own folders of programs. Python prints without buffering, so that a log is live, and no text is
    one that it cannot print: half a character shows as its escape, as in a notebook.
    """
    kept = {
        name: value
        for name, value in base.items()
        if (name in _INHERITED or name.startswith("LC_")) and "@" not in value
    }
    kept.setdefault("LANG", "C.UTF-8")
    temporary = str(policy.temporary)
    return {
        **kept,
        "HOME": str(policy.home),
        "TMPDIR": temporary,
        "TMP": temporary,
        "TEMP": temporary,
        "PATH": os.pathsep.join([*(str(folder) for folder in path), *_SYSTEM_PATH]),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        **(extra or {}),
    }
