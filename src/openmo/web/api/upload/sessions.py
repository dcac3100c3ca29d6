"""/api/v1/uploads: sessions in which files are sent that become the next version of a dataset."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.messages import translated
from openmo.core.references import Reference
from openmo.datasets.uploads.schemas import (
    FinishDraft,
    RemovalDraft,
    RemovalView,
    SentFileList,
    SentFileView,
    UploadDraft,
    UploadList,
    UploadView,
)
from openmo.datasets.uploads.values import MAX_FILES, PAGE_LIMIT, Upload, UploadState
from openmo.languages.language import translations
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import language_for

router = APIRouter(tags=["uploads"], prefix="/uploads")
_WAIT_SECONDS = 1.0
"""Small versions are there by then; of others the answer is that they are being made."""
_PUBLISHES = needs(Kind.DATASET, Verb.PUBLISH)


@router.post("", status_code=201, dependencies=_PUBLISHES)
def open_upload(services: ServicesDep, actor: ActorDep, draft: UploadDraft, request: Request) -> UploadView:
    """Files can be sent now; the version is made when the upload is finished."""
    dataset = None
    if draft.dataset:
        named = Reference.parse(draft.dataset, field="dataset")
        dataset = services.datasets.get(actor, named.owner, named.name)
    new = draft.new.value() if draft.new else None
    return _view(request, services.uploads.open(actor, dataset=dataset, new=new))


@router.get("", dependencies=_PUBLISHES)
def list_uploads(services: ServicesDep, actor: ActorDep, request: Request) -> UploadList:
    """The caller's uploads that are not finished, newest first."""
    return UploadList(items=[_view(request, each) for each in services.uploads.list_open(actor)])


@router.get("/{upload_id}", dependencies=_PUBLISHES)
def show_upload(services: ServicesDep, actor: ActorDep, upload_id: str, request: Request) -> UploadView:
    """How far the upload is."""
    return _view(request, services.uploads.get(actor, upload_id))


@router.get("/{upload_id}/files", dependencies=_PUBLISHES)
def list_sent_files(
    *,
    services: ServicesDep,
    actor: ActorDep,
    upload_id: str,
    after: Annotated[int, Query(ge=0, le=MAX_FILES)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE_LIMIT,
) -> SentFileList:
    """The upload's files, each with how much of it is here; `after` is `next` of the page before."""
    found = services.uploads.files(actor, upload_id, after=after, limit=limit)
    following = found[-1].file.number if len(found) == limit else None
    return SentFileList(items=[SentFileView.of(sent) for sent in found], next=following)


@router.post("/{upload_id}/remove", dependencies=_PUBLISHES)
def remove_files(services: ServicesDep, actor: ActorDep, upload_id: str, draft: RemovalDraft) -> RemovalView:
    """Files of the version before that are like these are not in the next one."""
    upload, files = services.uploads.remove(actor, upload_id, draft.patterns)
    return RemovalView(removed=list(upload.session.removed), files=files)


@router.post("/{upload_id}/finish", dependencies=_PUBLISHES, responses={202: {"model": UploadView}})
def finish_upload(
    *,
    services: ServicesDep,
    actor: ActorDep,
    upload_id: str,
    draft: FinishDraft,
    request: Request,
    response: Response,
) -> UploadView:
    """A version is made of the upload: 202 while that lasts, and the upload says how far it is."""
    new = draft.new.value() if draft.new else None
    upload = services.uploads.finish(actor, upload_id, notes=draft.notes, new=new, onto=draft.onto, wait=_WAIT_SECONDS)
    if upload.session.state is UploadState.FINISHING:
        response.status_code = 202
    return _view(request, upload)


@router.delete("/{upload_id}", status_code=204, dependencies=_PUBLISHES)
def discard_upload(services: ServicesDep, actor: ActorDep, upload_id: str) -> None:
    """The upload is gone, with all that was sent."""
    services.uploads.discard(actor, upload_id)


def _view(request: Request, upload: Upload) -> UploadView:
    say = translations(language_for(request)).gettext
    return UploadView.of(upload, problem=translated(upload.session.problem or "", say))
