"""`openmo doctor`."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from openmo.cli.output import EXIT_ERROR, answer, json_option, table
from openmo.config.settings import load_settings
from openmo.installation.doctor import Finding, Verdict, examine

_COLOURS = {Verdict.GOOD: "green", Verdict.POOR: "yellow", Verdict.BAD: "red"}


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")
@click.option("--host", help="As for `openmo up`.")
@click.option("--port", type=click.IntRange(0, 65535), help="As for `openmo up`.")
@click.option("--files", is_flag=True, help="Read every stored file, too, and name those that are damaged.")
@json_option
def doctor(data: Path | None, host: str | None, port: int | None, *, files: bool, as_json: bool) -> int:
    """Check everything that OpenMo needs, and say how to mend what is missing."""
    findings = list(examine(load_settings(os.environ, data=data, host=host, port=port), files=files))
    good = not any(finding.verdict is Verdict.BAD for finding in findings)
    answer(
        {"ok": good, "checks": [asdict(finding) for finding in findings]}, as_json=as_json, text=lambda: _text(findings)
    )
    return 0 if good else EXIT_ERROR


def _text(findings: list[Finding]) -> str:
    rows = [(f.verdict.value, f.name, f.detail) for f in findings]
    lines = table(rows).splitlines()
    shown = []
    for finding, line in zip(findings, lines, strict=True):
        verdict = finding.verdict.value
        shown.append(click.style(verdict, fg=_COLOURS[finding.verdict]) + line[len(verdict) :])
        if finding.mend:
            shown.append(f"         -> {finding.mend}")
    return "\n".join(shown)
