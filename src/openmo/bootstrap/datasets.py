"""What is done with datasets that are there, wired over a platform."""

from dataclasses import dataclass

from openmo.bootstrap.platform import Platform
from openmo.datasets.comparing import ComparisonService
from openmo.datasets.files import DatasetFileService
from openmo.datasets.owning import DatasetOwnerService
from openmo.datasets.trees import DatasetTrees
from openmo.projects.imports.datasets import DatasetRemoval, DatasetUserService


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetParts:
    """Services besides the one that lists, shows and makes them."""

    files: DatasetFileService
    comparisons: ComparisonService
    owners: DatasetOwnerService
    removal: DatasetRemoval
    users: DatasetUserService


def dataset_parts(platform: Platform) -> DatasetParts:
    """Those of the platform."""
    folder, database, events = platform.settings.folder, platform.database, platform.events
    trees = DatasetTrees(platform.store, folder.datasets)
    return DatasetParts(
        files=DatasetFileService(platform.datasets, platform.store),
        comparisons=ComparisonService(platform.datasets, platform.store),
        owners=DatasetOwnerService(database, events, trees, platform.clock),
        removal=DatasetRemoval(database, events, trees, folder),
        users=DatasetUserService(database),
    )
