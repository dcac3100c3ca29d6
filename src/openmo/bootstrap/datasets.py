"""What is done with datasets that are there, wired over a platform."""

from dataclasses import dataclass

from openmo.bootstrap.platform import Platform, disk_space
from openmo.datasets.comparing import ComparisonService
from openmo.datasets.files import DatasetFileService
from openmo.datasets.owning import DatasetOwnerService
from openmo.datasets.trees import DatasetTrees
from openmo.datasets.uploads.finishing import Finisher
from openmo.datasets.uploads.folders import UploadFolders
from openmo.datasets.uploads.service import UploadService
from openmo.projects.imports.datasets import DatasetRemoval, DatasetUserService


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetParts:
    """Services besides the one that lists, shows and makes them."""

    files: DatasetFileService
    comparisons: ComparisonService
    owners: DatasetOwnerService
    removal: DatasetRemoval
    users: DatasetUserService
    uploads: UploadService


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
        uploads=_uploads(platform),
    )


def _uploads(platform: Platform) -> UploadService:
    database, clock = platform.database, platform.clock
    folders = UploadFolders(platform.settings.folder.uploads)
    return UploadService(
        database=database,
        store=platform.store,
        folders=folders,
        finisher=Finisher(
            database=database, datasets=platform.datasets, store=platform.store, folders=folders, clock=clock
        ),
        space=disk_space(platform.settings),
        clock=clock,
    )
