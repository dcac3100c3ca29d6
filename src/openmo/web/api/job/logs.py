"""/api/v1/projects/{owner}/{name}/jobs/{number}/log: a job's log, whole, in parts, searched, live.

Each answer is bounded: a part of at most 4 MiB, a window of at most 1,000 rows on either side, a search or a count of
a quarter of a second. What was not reached is said, so that the caller asks on from there.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import InvalidInput
from openmo.jobs.log.reader import MAX_TAIL_LINES, LogReader
from openmo.jobs.log.rows import MAX_ROWS, Row
from openmo.jobs.log.schemas import HoleView, PlaceView, RowView, SearchView, WindowView
from openmo.jobs.log.search import MAX_QUERY_LENGTH, ErrorQuery, LogQuery, TextQuery
from openmo.web.api.dependencies import ActorDep, ChangeFeedDep, JobDep, ProjectDep
from openmo.web.api.downloads import download
from openmo.web.live import follow_log, follow_size
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.sse import EventStream, stream

router = APIRouter(tags=["jobs"], prefix="/projects/{owner}/{name}/jobs/{number}/log")
_MAX_MATCHES = 1000
_MAX_TEXT_BYTES = 1 << 20
_MAX_BLOCKS_BACK = 32
"""Rows with text that are found at once searching back: together about a megabyte at most."""
_PLAIN = "text/plain; charset=utf-8"

At = Annotated[int, Query(ge=-(1 << 62), lt=1 << 62)]
Count = Annotated[int, Query(ge=0, le=MAX_ROWS)]


@router.get("", dependencies=needs(Kind.JOB, Verb.SEE), response_class=PlainTextResponse)
def read_log(
    services: ServicesDep,
    actor: ActorDep,
    job: JobDep,
    start: At = 0,
    limit: Annotated[int, Query(ge=1, le=4 << 20)] = 1 << 20,
) -> Response:
    """A part of the log as text; `X-Log-End` says where the next part starts, `X-Log-Size` how much there is."""
    chunk = services.job_logs.read(actor, job, start=start, limit=limit)
    return PlainTextResponse(chunk.text, headers={"X-Log-End": str(chunk.end), "X-Log-Size": str(chunk.size)})


@router.get("/rows", dependencies=needs(Kind.JOB, Verb.SEE))
def read_rows(
    *, services: ServicesDep, job: JobDep, at: At = -1, before: Count = 0, after: Count = 200, times: bool = False
) -> WindowView:
    """Up to `before` rows before the one that holds byte `at`, and `after` from it on; `at` below 0 is the end."""
    found = LogReader(services.job_logs.file(job)).window(at, before=before, after=after, times=times)
    part = found.window
    moments = found.times or (None,) * len(part.rows)
    return WindowView(
        rows=[RowView.of(row, moment) for row, moment in zip(part.rows, moments, strict=True)],
        start=part.start,
        end=part.end,
        size=part.size,
        hole=HoleView.of(part.hole),
        colours=part.colours,
        line=found.line,
        lines=found.lines,
    )


@router.get("/place", dependencies=needs(Kind.JOB, Verb.SEE))
def find_place(
    *,
    services: ServicesDep,
    job: JobDep,
    line: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
    tail: Annotated[int | None, Query(ge=0, le=MAX_TAIL_LINES)] = None,
    since: datetime | None = None,
) -> PlaceView:
    """The byte where line number `line`, the last `tail` lines, or what was printed `since` then, begin."""
    reader = LogReader(services.job_logs.file(job))
    if [line, tail, since].count(None) != 2:
        raise InvalidInput("Name one of line, tail and since.")
    if line is not None:
        offset, size = reader.line(line)
    elif tail is not None:
        offset, size = reader.tail(tail)
    else:
        offset, size = reader.since(_moment(since))
    return PlaceView(offset=offset, size=size)


@router.get("/search", dependencies=needs(Kind.JOB, Verb.SEE))
def search_log(
    *,
    services: ServicesDep,
    job: JobDep,
    text: Annotated[str, Query(max_length=MAX_QUERY_LENGTH)] = "",
    errors: bool = False,
    ignore_case: bool = False,
    start: At = 0,
    back: bool = False,
    limit: Annotated[int, Query(ge=1, le=_MAX_MATCHES)] = 1,
    with_text: bool = False,
) -> SearchView:
    """Rows that hold `text` (or, with `errors`, say that something went wrong) from byte `start` on, or before it.

    Searches for a quarter of a second; `next` says where to go on. Searching back, a start below 0 is the end.
    """
    query: LogQuery = ErrorQuery() if errors else TextQuery(text, ignore_case=ignore_case)
    if with_text and back:
        limit = min(limit, _MAX_BLOCKS_BACK)
    came = LogReader(services.job_logs.file(job)).search(query, start, back=back, limit=limit)
    shown, following = list(came.found.rows), came.found.next
    if with_text and not back:
        shown, following = _as_far_as_text_goes(shown, following)
    rows = [
        RowView.of(row) if with_text else RowView(start=row.start, end=row.end, kind=row.kind, text="") for row in shown
    ]
    return SearchView(rows=rows, next=following, resume=came.resume, size=came.size)


@router.get(
    "/download",
    dependencies=needs(Kind.JOB, Verb.SEE),
    response_class=PlainTextResponse,
    responses={200: {"content": {"application/gzip": {}}}},
)
def download_log(services: ServicesDep, job: JobDep, gzip: bool = False) -> Response:
    """The whole log as it is now; where its middle was dropped, a line says so. `gzip`: packed on the way."""
    log, name = services.job_logs.file(job), f"{job.project}-job-{job.number}.log"
    with log.opened() as opened:  # what is damaged is said before anything is sent
        size = opened.size
    if not gzip and size and job.state.is_terminal and log.hole(size) is None:
        return FileResponse(log.path, media_type=_PLAIN, filename=name)  # in parts, too: a broken download goes on
    if gzip:
        return download(_packed(log.pieces()), name=f"{name}.gz", media_type="application/gzip")
    return download(log.pieces(), name=name, media_type=_PLAIN)


@router.get("/stream", dependencies=needs(Kind.JOB, Verb.SEE), response_class=EventStream)
def stream_log(
    *,
    request: Request,
    services: ServicesDep,
    feed: ChangeFeedDep,
    actor: ActorDep,
    project: ProjectDep,
    job: JobDep,
    start: Annotated[int, Query(alias="from", ge=0, lt=1 << 62)] = 0,
    text: bool = True,
) -> StreamingResponse:
    """Server-sent events: `log` as it grows, `state` as the job moves, `end` when all is said.

    Without `text`, events `grown` say how far it reaches and how many lines came since `from`, whatever it prints.
    """
    follow = follow_log if text else follow_size
    return stream(
        request, follow(services.jobs, feed, actor, project, job, log=services.job_logs.file(job), start=start)
    )


def _as_far_as_text_goes(rows: list[Row], following: int | None) -> tuple[list[Row], int | None]:
    """The first rows, of a megabyte together, and where to go on."""
    left = _MAX_TEXT_BYTES
    for number, row in enumerate(rows):
        left -= len(row.data)
        if left < 0 and number:
            return rows[:number], row.start
    return rows, following


def _moment(since: datetime | None) -> float:
    if since is None or since.tzinfo is None:
        raise InvalidInput("Write the time with its zone, such as 2026-01-31T12:00:00Z.", field="since")
    return since.timestamp()


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
