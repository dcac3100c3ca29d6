"""A project's imports in a copy of its code, where jobs and apps find them as the notebook does."""

import contextlib
from pathlib import Path

from openmo.core.errors import Conflict
from openmo.core.hostile.beneath import place_link
from openmo.datasets.service import DatasetService
from openmo.modules.service import ModuleService
from openmo.projects.values import Project


def link_imports(folder: Path, project: Project, *, datasets: DatasetService, modules: ModuleService) -> None:
    """`datasets/…` and `modules/…` appear in `folder` as links to the versions that the project imports.

    Where the code holds a copy of its own in a module's place, that copy stays.
    """
    (folder / "datasets").mkdir(exist_ok=True)
    for dataset in datasets.imports_of(project):
        place_link(folder, dataset.folder, datasets.path(dataset.dataset, dataset.version))
    for module in modules.imports_of(project):
        with contextlib.suppress(Conflict):
            place_link(folder, module.folder, modules.path(module.module, module.version))
