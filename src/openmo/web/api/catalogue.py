"""/api/v1/datasets and /api/v1/modules: what there is to import."""

from fastapi import APIRouter

from openmo.accounts.rights import Kind, Verb
from openmo.datasets.schemas import DatasetList, DatasetView
from openmo.modules.schemas import ModuleList, ModuleView
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


@router.get("/modules", dependencies=needs(Kind.PLATFORM, Verb.BROWSE), tags=["modules"])
def list_modules(services: ServicesDep, actor: ActorDep) -> ModuleList:
    """Public modules and the caller's own."""
    return ModuleList(items=[ModuleView.of(module) for module in services.modules.list_visible(actor)])


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE), tags=["modules"])
def show_module(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> ModuleView:
    """One module."""
    return ModuleView.of(services.modules.get(actor, owner, name))
