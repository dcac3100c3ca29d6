"""Projects made from the templates, with their imports laid out as the platform does, to run in real processes."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from examples import datasets, modules

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BUILDERS = {
    "openmo/iris": datasets.build_iris,
    "openmo/digits": datasets.build_digits,
    "openmo/iris_classifier/1.0.0": modules.build_iris_classifier,
    "openmo/image_classifier/1.0.0": modules.build_image_classifier,
    "openmo/kmeans_cluster/1.0.0": modules.build_kmeans_cluster,
    "openmo/min_max_scaler/1.0.0": modules.build_min_max_scaler,
    "openmo/text_classifier/1.0.0": modules.build_text_classifier,
}


def describe(template: str) -> dict[str, Any]:
    description = yaml.safe_load((TEMPLATES / template / "template.yml").read_text(encoding="utf-8"))
    assert isinstance(description, dict)
    return description


def make_project(folder: Path, template: str) -> Path:
    """A new project folder of this template, with its datasets, modules and an empty results/."""
    shutil.copytree(TEMPLATES / template, folder, ignore=shutil.ignore_patterns("__pycache__"))
    description = describe(template)
    for name in description["datasets"]:
        BUILDERS[name](folder / "datasets" / name.replace("/", "-"))
    for identifier in description["modules"]:
        BUILDERS[identifier](folder / "modules" / identifier)
    (folder / "results").mkdir()
    return folder


def run_in(project: Path, *arguments: str) -> str:
    """What this Python prints with these arguments in the project's folder; fails with its messages."""
    programs = project.parent / "programs"
    programs.mkdir(exist_ok=True)
    command = programs / "7zx"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openmo_sdk.unpack "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "MPLCONFIGDIR": str(programs)}
    environment.pop("MPLBACKEND", None)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
