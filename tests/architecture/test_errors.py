"""Errors are a list that programs rely on: their codes stay, and one renderer makes the documents."""

import ast
import inspect
from collections import Counter

from sources import ROOT, modules, read_module

from openmo.core.problems import EXTENSIONS
from tools.error_classes import error_classes

CODES = {
    "already_running": 409, "app_busy": 503, "app_not_starting": 500, "app_suspended": 410, "call_cancelled": 409,
    "call_gone": 410, "call_timed_out": 504, "conflict": 409, "damaged": 500, "database_too_new": 500,
    "deadline_exceeded": 504,
    "demo_failed": 500, "environment_building": 503, "environment_failed": 500, "error": 500, "forbidden": 403,
    "handler_failed": 500, "internal_error": 500, "invalid_handler": 422, "invalid_input": 422,
    "invalid_notebook": 422, "invalid_spec": 422, "invalid_transition": 409, "method_not_allowed": 405,
    "module_check_failed": 422, "module_failed": 422, "module_timed_out": 504, "module_unchanged": 409,
    "metric_not_found": 404, "metrics_busy": 409, "not_found": 404, "not_signed_in": 401, "port_in_use": 409,
    "prepare_failed": 500, "release_check_failed": 422, "requirements_not_resolved": 409,
    "samples_failed": 500, "service_failed": 500,
    "storage_full": 507, "too_large": 413, "too_many_requests": 429, "unavailable": 503, "unsupported_media_type": 415,
    "worker_lost": 500, "checksum_mismatch": 460, "invalid_checksum": 400, "locked": 423,
    "other_protocol_version": 412, "wrong_offset": 409,
}  # fmt: skip
"""Programs of others branch on these: add to them, but take none away and change none."""
OF_OTHERS = {"Refused"}
"""It has the code of the error that the server answered with."""


def test_codes_are_unique_and_stay() -> None:
    kinds = [kind for name, kind in error_classes().items() if name not in OF_OTHERS]
    assert [code for code, number in Counter(kind.code for kind in kinds).items() if number > 1] == []
    assert {kind.code: int(kind.status) for kind in kinds} == CODES


def test_every_error_says_what_it_means_and_what_to_do() -> None:
    silent = [name for name, kind in error_classes().items() if not (kind.__doc__ and kind.title and kind.remedy)]
    assert silent == []
    listed = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    assert [code for code in CODES if f"| `{code}` |" not in listed] == []


def test_members_of_problem_details_are_known() -> None:
    kinds = error_classes()
    unknown = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (kind := kinds.get(ast.unparse(node.func).rpartition(".")[2])):
                own = inspect.signature(kind.__init__).parameters.keys()
                given = {keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg not in own}
                unknown |= {f"{module.name}:{node.lineno} {name}" for name in given - EXTENSIONS.keys()}
    assert unknown == set()


def test_one_renderer_makes_problem_details() -> None:
    allowed = {"openmo.core.problems", "openmo_lab.problems"}  # the second cannot import the first
    lab = [read_module(path, ROOT / "lab") for path in sorted((ROOT / "lab" / "openmo_lab").rglob("*.py"))]
    made = [
        f"{module.name}:{node.lineno}"
        for module in (*modules(), *lab)
        if module.name not in allowed
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict)
        and {"title", "status", "detail"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
    ]
    assert made == []
