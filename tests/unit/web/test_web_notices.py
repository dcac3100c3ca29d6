"""What an account is told of jobs that ended: once, in its language, to itself alone, and until it has read it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from support.asgi import Client
from support.identity import MemoryIdentity
from support.platform import Platform
from support.web_site import Site

from openmo.core.ids import JobId
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Job
from openmo.languages.language import CHINESE
from openmo.notices.repository import NoticeRepository
from openmo.notices.schemas import NoticeCountView, NoticeView
from openmo.notices.values import KEPT, Notice, NoticeDraft, NoticeKind
from openmo.projects.values import Project
from openmo.web.change_feed import ChangeFeed
from openmo.web.live import follow_account
from openmo.web.sse import Event

pytestmark = pytest.mark.both_databases  # they prove SQL


def _shown(data: BaseModel | None) -> str | int:
    """A notice's title, or how many are unread."""
    assert isinstance(data, NoticeView | NoticeCountView)
    return data.title if isinstance(data, NoticeView) else data.unread


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"train.py": ""})


def run_to_end(platform: Platform, project: Project, kind: ExitKind = ExitKind.EXITED, code: int | None = 0) -> Job:
    """A job that ended so."""
    executor, runner = platform.executor, platform.runner()
    assert isinstance(executor, MemoryExecutor)
    job = platform.submit(project)
    runner.step()
    now = platform.clock.now().timestamp()
    executor.finish(platform.launcher.folder(job), Exit(kind=kind, code=code, ended_at=now))
    runner.step()
    return platform.job(job)


def notices_of(platform: Platform, name: str = "ada") -> tuple[Notice, ...]:
    return platform.notices.list(platform.actor(name))


def test_each_ending_is_told_once_with_its_reason(platform: Platform, project: Project) -> None:
    succeeded = run_to_end(platform, project)
    failed = run_to_end(platform, project, code=3)
    stopped = platform.submit(project)
    platform.jobs.terminate(platform.actor("ada"), stopped)
    runner = platform.runner()
    for _ in range(3):
        runner.step()
    newest = notices_of(platform)
    assert [(notice.outcome, notice.subject) for notice in newest] == [
        ("terminated", stopped.name),
        ("failed", failed.name),
        ("succeeded", succeeded.name),
    ]
    assert newest[0].reason == "Stopped by ada."
    assert newest[1].reason == platform.job(failed).reason != ""
    assert newest[2].address == "/projects/ada/digits/jobs/1"
    assert platform.notices.count(platform.actor("ada")).unread == 3
    assert notices_of(platform, "bob") == ()


def test_an_ending_that_cannot_be_told_has_not_happened_yet(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a kill between the two would have it: they are one transaction."""

    class Killed(BaseException):
        pass

    def die(self: NoticeRepository, draft: NoticeDraft, number: int) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(NoticeRepository, "add", die)
        with pytest.raises(Killed):
            run_to_end(platform, project)
    (job,) = platform.jobs.list(platform.actor("ada"), project)
    assert not job.state.is_terminal
    assert notices_of(platform) == ()
    platform.runner().step()
    assert platform.job(job).state.is_terminal
    assert len(notices_of(platform)) == 1


def test_what_is_deleted_leaves_no_notice(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")
    first, _second = run_to_end(platform, project), run_to_end(platform, project)
    before = platform.events.last()
    platform.jobs.delete(ada, first)
    assert [notice.address for notice in notices_of(platform)] == ["/projects/ada/digits/jobs/2"]
    assert platform.events.last() > before
    platform.jobs.delete_all(ada, project)
    platform.projects.remove_row(project)
    assert platform.notices.count(ada).unread == 0


def test_only_the_newest_of_the_last_months_are_kept(platform: Platform, project: Project) -> None:
    account, start = platform.account("ada"), platform.clock.now()
    platform.account("bob")

    def tell(name: str, number: int, days: float) -> None:
        draft = NoticeDraft(
            account_id=platform.account(name).id,
            project_id=project.id,
            kind=NoticeKind.JOB,
            outcome="failed",
            subject=f"train-{number}",
            path=f"/jobs/{number}",
            at=start + timedelta(days=days),
        )
        with platform.events.begin() as connection:
            NoticeRepository(connection).add(draft, platform.events.draw(connection))

    tell("bob", 1, 0)
    for number in range(KEPT + 5):
        tell("ada", number, 1 + number / KEPT)
    with platform.database.read() as connection:
        kept = NoticeRepository(connection).newest(account.id, project_id=None, limit=1000)
    assert [notice.subject for notice in kept] == [f"train-{number}" for number in range(KEPT + 4, 4, -1)]
    tell("ada", 999, 200)
    assert [notice.subject for notice in notices_of(platform)] == ["train-999"]
    assert len(notices_of(platform, "bob")) == 1


def test_reading_is_remembered_and_is_the_readers_own(platform: Platform, project: Project) -> None:
    ada, bob = platform.actor("ada"), platform.actor("bob")
    jobs = [run_to_end(platform, project) for _ in range(3)]
    other = platform.project(name="other", files={"train.py": ""})
    run_to_end(platform, other)
    newest = notices_of(platform)
    platform.notices.mark_read(bob, ids=[notice.id for notice in newest], last=10**6)
    assert platform.notices.count(ada).unread == 4
    inside = platform.actor("ada", only=other)
    assert [notice.project for notice in platform.notices.list(inside)] == ["other"]
    platform.notices.mark_read(inside, last=10**6)
    assert platform.notices.count(ada).unread == 3
    assert platform.notices.mark_read(ada, job_id=jobs[0].id).unread == 2
    assert platform.notices.mark_read(ada, ids=[newest[1].id]).unread == 1
    late = run_to_end(platform, project)
    assert platform.notices.mark_read(ada, last=newest[0].number).unread == 1  # what came since was not seen
    assert platform.notices.mark_read(ada, job_id=JobId("nothing")).unread == 1
    assert platform.notices.mark_read(ada, job_id=late.id).unread == 0


def test_the_api_lists_and_marks_in_the_callers_language(platform: Platform, project: Project) -> None:
    job = run_to_end(platform, project, kind=ExitKind.TIME_LIMIT, code=None)
    identity = MemoryIdentity()
    mine = {"Authorization": f"Bearer {identity.token('ada')}"}
    client = Client(platform.app(identity))
    english = client.get("/api/v1/notices", headers=mine).json
    assert (english["unread"], english["items"][0]["title"]) == (1, f"{job.name} failed")
    assert english["items"][0]["text"] == job.reason
    assert english["items"][0]["url"] == f"/projects/ada/digits/jobs/{job.number}"
    chinese = client.get("/api/v1/notices", headers={**mine, "Accept-Language": "zh-CN"}).json["items"][0]
    assert chinese["title"] == f"{job.name} 运行失败"
    assert "时间" in chinese["text"]
    hostile: dict[str, Any]
    for hostile in ({"ids": ["'; --", "x" * 500, "\0"]}, {"job": "\ud800"}, {"last": 10**40}, {"ids": [1]}):
        assert client.post("/api/v1/notices/read", headers=mine, json_body=hostile).status in (200, 422), hostile
    assert client.post("/api/v1/notices/read", headers=mine, json_body={"last": -1}).json["unread"] == 1
    marked = client.post("/api/v1/notices/read", headers=mine, json_body={"ids": [chinese["id"]]}).json
    assert marked == {"unread": 0, "last": english["last"]}
    assert client.get("/api/v1/notices", headers=mine).json["items"][0]["read"] is True
    client.close()


def test_every_page_says_how_many_are_unread_and_lists_them(platform: Platform, project: Project) -> None:
    for _ in range(2):
        run_to_end(platform, project, code=1)
    site = Site(platform)
    ada = site.browser("ada", language="zh-CN")
    for path in ("/", "/workspace", "/datasets", "/projects/ada/digits/jobs", "/no/such/page"):
        assert 'data-unread="2"' in ada.get(path).text, path
    assert "data-unread" not in site.browser().get("/").text
    shown = ada.get("/notices").text
    assert shown.count("运行失败") == 2
    assert ada.get("/notices/newest").text.count('href="/projects/ada/digits/jobs/') == 2
    assert site.browser("bob").get("/notices").text.count("notice-item ") == 0


def test_streams_tell_what_came_while_nobody_listened(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")
    first = run_to_end(platform, project)

    async def events_after(number: int | None, *, wanted: int) -> list[Event]:
        feed = ChangeFeed(platform.events)
        events = follow_account(platform.job_watch, platform.notices, feed, ada, CHINESE, after=number)
        async with asyncio.timeout(30):
            found = [await anext(events)]
            if number is None:
                run_to_end(platform, project)
            while len(found) < wanted:
                event = await anext(events)
                found += [event] if event.name in ("notice", "notices") else []
        await events.aclose()  # type: ignore[attr-defined]  # an async generator
        return found

    def shown(events: list[Event]) -> list[tuple[str, Any]]:
        return [(event.name, _shown(event.data)) for event in events]

    live = asyncio.run(events_after(None, wanted=3))
    assert shown(live) == [("notices", 1), ("notice", "train-2 运行成功"), ("notices", 2)]
    missed = asyncio.run(events_after(0, wanted=3))
    assert shown(missed) == [("notices", 2), ("notice", f"{first.name} 运行成功"), ("notice", "train-2 运行成功")]
    assert shown(asyncio.run(events_after(10**9, wanted=1))) == [("notices", 2)]
