"""The log of events: whole, in the order of commits, and bounded; on both databases."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from support.clocks import ManualClock
from support.platform import Platform

from openmo.core.errors import Unavailable
from openmo.core.ids import AccountId, DatasetId, JobId, ModuleId, ProjectId, ReleaseId
from openmo.core.states import JobState
from openmo.db.engine import Database, Transaction
from openmo.db.tables import counters
from openmo.events import repository
from openmo.events.log import EventLog
from openmo.events.repository import EventRepository, kinds
from openmo.events.values import (
    AppResumed,
    AppSettingsChanged,
    AppSuspended,
    Cursor,
    DatasetChanged,
    DatasetDeleted,
    DatasetImported,
    DatasetImportRemoved,
    DatasetPublished,
    Event,
    EventFilter,
    JobDeleted,
    JobEnded,
    JobExplained,
    JobPriorityChanged,
    JobStarted,
    JobStopRequested,
    JobSubmitted,
    ModuleImported,
    ModuleImportRemoved,
    ModulePublished,
    ModuleYanked,
    ModuleYankUndone,
    NoticesRead,
    ProjectChanged,
    ProjectCreated,
    ProjectDeleted,
    RecordedEvent,
    ReleaseActivated,
    ReleaseDeployed,
    ReleaseRemoved,
)

pytestmark = pytest.mark.both_databases
ADA, BOB, PROJECT = AccountId("ada"), AccountId("bob"), ProjectId("p")
START = Cursor(0)


def read(account: AccountId) -> NoticesRead:
    return NoticesRead(actor_id=account, owner_id=account, account_id=account)


def one_of_each() -> list[Event]:
    job: dict[str, Any] = {
        "actor_id": ADA,
        "project_id": PROJECT,
        "job_id": JobId("j"),
        "number": 3,
        "name": "train-3 训练",
    }
    release: dict[str, Any] = {"actor_id": ADA, "project_id": PROJECT, "release_id": ReleaseId("r"), "version": "1.0.0"}
    app: dict[str, Any] = {"actor_id": ADA, "project_id": PROJECT}
    ended_at = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    params: dict[str, str | int | float | bool | None] = {"signal": "SIGSEGV", "limit_bytes": 1 << 40, "ratio": 0.5}
    return [
        JobSubmitted(**job, script="train.py"),
        JobStarted(**job),
        JobExplained(**job, reason_code="building_environment"),
        JobPriorityChanged(**job, priority=-1),
        JobStopRequested(**job),
        JobEnded(
            **job,
            state=JobState.FAILED,
            created_by=ADA,
            ended_at=ended_at,
            reason="It crashed.",
            reason_code="crashed",
            reason_params=params,
        ),
        JobDeleted(**job, created_by=ADA),
        ReleaseDeployed(**release, channel="release"),
        ReleaseActivated(**release),
        ReleaseRemoved(**release),
        AppSuspended(**app),
        AppResumed(**app),
        AppSettingsChanged(**app, fields=("access", "limits")),
        ProjectCreated(**app, name="digits"),
        ProjectChanged(**app, fields=("title",)),
        ProjectDeleted(**app, name="digits"),
        DatasetImported(**app, dataset_id=DatasetId("d"), version=2),
        DatasetPublished(owner_id=ADA, dataset_id=DatasetId("d"), version=1),
        DatasetChanged(owner_id=ADA, dataset_id=DatasetId("d"), fields=("tags",)),
        DatasetDeleted(owner_id=ADA, dataset_id=DatasetId("d"), name="iris"),
        DatasetImportRemoved(**app, dataset_id=DatasetId("d")),
        ModuleImportRemoved(**app, module_id=ModuleId("m"), version="1.0.0"),
        ModuleImported(**app, module_id=ModuleId("m"), version="1.0.0"),
        ModulePublished(**app, module_id=ModuleId("m"), version="dev"),
        ModuleYanked(**app, module_id=ModuleId("m"), version="1.0.0"),
        ModuleYankUndone(**app, module_id=ModuleId("m"), version="1.0.0"),
        read(BOB),
    ]


@pytest.fixture
def log(database: Database) -> EventLog:
    return EventLog(database, ManualClock())


def append(log: EventLog, *events: Event) -> list[int]:
    with log.begin() as transaction:
        numbers = [log.draw(transaction) for _ in events]
        for event, number in zip(events, numbers, strict=True):
            log.append(transaction, event, number=number)
    return numbers


def test_every_kind_comes_back_as_it_was(log: EventLog) -> None:
    events = one_of_each()
    assert {type(event) for event in events} == set(kinds())
    numbers = append(log, *events)
    page = log.since(START)
    assert [found.event for found in page.events] == events
    assert [found.number for found in page.events] == numbers == sorted(set(numbers))
    assert (page.cursor, page.complete) == (log.last(), True)
    assert log.since(page.cursor).events == ()


def test_an_event_is_the_project_owners(platform: Platform) -> None:
    project = platform.project("ada", "digits")
    mine = EventFilter(owner_id=project.owner_id, kinds=(ProjectChanged,))
    append(platform.events, ProjectChanged(project_id=project.id, fields=("title",)))
    (found,) = platform.events.since(START, mine).events
    assert found.event.project == project.id
    assert platform.events.since(START, EventFilter(owner_id=platform.account("bob").id)).events == ()


def test_a_filter_leaves_out_others_and_goes_on_behind_them(log: EventLog) -> None:
    append(log, *(read(account) for account in (ADA, BOB, ADA, BOB, BOB)))
    mine = EventFilter(owner_id=ADA, kinds=(NoticesRead,))
    first = log.since(START, mine, limit=1)
    second = log.since(first.cursor, mine, limit=1)
    third = log.since(second.cursor, mine, limit=1)
    assert [len(page.events) for page in (first, second, third)] == [1, 1, 0]
    assert third.cursor == log.last()
    assert log.since(START, EventFilter(project_id=PROJECT)).events == ()


def roll_back(log: EventLog, *events: Event) -> None:
    """They are added, and then the transaction fails."""
    with suppress(ZeroDivisionError), log.begin() as transaction:
        log.append(transaction, *events)
        _ = 1 / 0


def test_what_is_rolled_back_has_not_happened(log: EventLog) -> None:
    append(log, read(ADA))
    roll_back(log, read(BOB))
    append(log, read(ADA))
    assert [found.owner_id for found in log.since(START).events] == [ADA, ADA]


def test_a_transaction_that_did_not_wait_its_turn_cannot_add(database: Database, log: EventLog) -> None:
    with database.begin() as transaction, pytest.raises(AssertionError, match=r"EventLog\.begin"):
        log.append(transaction, read(ADA))


def test_subscribers_are_part_of_the_transaction(database: Database) -> None:
    heard: list[RecordedEvent] = []

    def fails_for_bob(transaction: Transaction, recorded: RecordedEvent) -> None:
        assert EventRepository(transaction).last() == recorded.number
        heard.append(recorded)
        if recorded.owner_id == BOB:
            raise RuntimeError

    log = EventLog(database, ManualClock(), (fails_for_bob,))
    append(log, read(ADA))
    with pytest.raises(RuntimeError):
        append(log, read(BOB))
    assert [recorded.owner_id for recorded in heard] == [ADA, BOB]
    assert [found.owner_id for found in log.since(START).events] == [ADA]


def test_old_events_are_forgotten_and_readers_that_missed_some_are_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_FORGET_EVERY", 1)
    monkeypatch.setattr(repository, "KEPT", 5)
    clock = ManualClock()
    log = EventLog(database, clock)
    for _ in range(8):
        append(log, read(ADA))
    assert [found.number for found in log.since(START).events] == [4, 5, 6, 7, 8]
    assert (log.since(Cursor(2)).complete, log.since(Cursor(3)).complete) == (False, True)
    clock.advance(timedelta(days=91).total_seconds())
    append(log, read(BOB))
    assert [found.owner_id for found in log.since(START).events] == [BOB]
    assert (log.since(Cursor(7)).complete, log.since(Cursor(8)).complete) == (False, True)


def test_the_later_of_two_transactions_waits_so_that_no_reader_misses_the_earlier(log: EventLog) -> None:
    """Numbers of a sequence become visible out of order on PostgreSQL: a reader would go on behind the open one."""
    second = threading.Thread(target=append, args=(log, read(BOB)))
    with log.begin() as transaction:
        number = log.draw(transaction)
        log.append(transaction, read(ADA), number=number)
        second.start()
        second.join(timeout=0.2)  # time enough to overtake, were it possible
        assert log.since(START).events == ()
        assert log.last() < number
    second.join()
    assert [found.owner_id for found in log.since(START).events] == [ADA, BOB]


def test_the_turn_is_held_from_the_beginning_before_any_row_is_locked(database: Database, log: EventLog) -> None:
    """Else two could wait for each other: one with a row and no number yet, the other with a number and no row."""
    if database.is_sqlite:
        return  # its transactions hold the only lock there is
    with log.begin():
        pass  # a database that was emptied for this test has its counter from here on
    turn = select(counters.c.value).where(counters.c.name == "events").with_for_update(nowait=True)
    with log.begin(), pytest.raises(Unavailable), database.begin() as other:
        other.execute(turn)
    with database.begin() as other:
        assert other.execute(turn).first() is not None


def test_followers_see_everything_once_and_in_order_while_many_write(log: EventLog) -> None:
    committed: list[int] = []
    seen: list[list[int]] = [[], [], []]
    done = threading.Event()

    def write(writer: int) -> None:
        for index in range(30):
            events = [read(ADA)] * (1 + index % 3)
            if (writer + index) % 5 == 0:
                roll_back(log, *events)
            else:
                committed.extend(append(log, *events))

    def follow(found: list[int]) -> None:
        cursor, over = START, False
        while not over:
            over = done.is_set()  # before the look, so that the last look sees all
            page = log.since(cursor, limit=7)
            over = over and not page.events
            found += [recorded.number for recorded in page.events]
            cursor = page.cursor

    followers = [threading.Thread(target=follow, args=(found,)) for found in seen]
    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in (*followers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in followers:
        thread.join()
    assert len(committed) > 150
    assert seen == [sorted(committed)] * 3


def test_the_first_events_ever_are_numbered_one_after_the_other(database: Database) -> None:
    """The migration makes the counter's row; here it is gone."""
    with database.begin() as connection:
        connection.execute(delete(counters))
    log = EventLog(database, ManualClock())
    threads = [threading.Thread(target=append, args=(log, read(ADA))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found.number for found in log.since(START).events] == [1, 2, 3, 4]
