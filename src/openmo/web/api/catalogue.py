"""/api/v1/datasets: what there is to import."""

from fastapi import APIRouter

from openmo.accounts.rights import Kind, Verb
from openmo.datasets.schemas import DatasetList, DatasetView
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter()


@router.get("/datasets", dependencies=needs(Kind.PLATFORM, Verb.BROWSE), tags=["datasets"])
def list_datasets(services: ServicesDep, actor: ActorDep) -> DatasetList:
    """Public datasets and the caller's own."""
    return DatasetList(items=[DatasetView.of(dataset) for dataset in services.datasets.list_visible(actor)])


@router.get("/datasets/{owner}/{name}", dependencies=needs(Kind.DATASET, Verb.SEE), tags=["datasets"])
def show_dataset(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> DatasetView:
    """One dataset."""
    return DatasetView.of(services.datasets.get(actor, owner, name))
