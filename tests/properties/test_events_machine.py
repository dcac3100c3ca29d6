"""Events against a list: whatever is added, undone and forgotten, a reader sees all that was committed, in order."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.clocks import ManualClock

from openmo.core.ids import AccountId
from openmo.db.engine import Database
from openmo.events import repository
from openmo.events.log import EventLog
from openmo.events.values import Cursor, EventFilter, NoticesRead

OWNERS = ("ada", "bob")
KEPT = 6
Seen = tuple[int, str]


class Undone(Exception):
    """The transaction fails."""


class EventsMachine(RuleBasedStateMachine):
    """Two owners' events; one reader of everything and one of Ada's alone, each with its own cursor."""

    make: Callable[[], Database]

    def __init__(self) -> None:
        super().__init__()
        self.log = EventLog(self.make(), ManualClock())
        self.committed: list[Seen] = []
        self.cursors = {"": Cursor(0), "ada": Cursor(0)}

    @rule(owners=st.lists(st.sampled_from(OWNERS), max_size=4), fails=st.booleans())
    def write(self, owners: list[str], fails: bool) -> None:
        added: list[Seen] = []
        try:
            with self.log.begin() as transaction:
                for owner in owners:
                    account = AccountId(owner)
                    number = self.log.draw(transaction)
                    event = NoticesRead(owner_id=account, account_id=account)
                    self.log.append(transaction, event, number=number)
                    added.append((number, owner))
                self._finish(fails)
        except Undone:
            return
        self.committed += added

    def _finish(self, fails: bool) -> None:
        if fails:
            raise Undone

    @rule(owner=st.sampled_from(["", "ada"]), limit=st.integers(1, 4))
    def look(self, owner: str, limit: int) -> None:
        before = self.cursors[owner]
        page = self.log.since(before, EventFilter(owner_id=AccountId(owner) if owner else None), limit=limit)
        expected = [seen for seen in self._kept() if seen[0] > before and owner in ("", seen[1])][:limit]
        assert [(found.number, str(found.owner_id)) for found in page.events] == expected
        missed = [seen for seen in self.committed if seen[0] > before and seen not in self._kept()]
        assert page.complete or missed or before == 0
        assert not (missed and page.complete)
        self.cursors[owner] = page.cursor

    @invariant()
    def numbers_grow(self) -> None:
        numbers = [number for number, _ in self.committed]
        assert numbers == sorted(set(numbers))
        assert self.log.last() >= (numbers[-1] if numbers else 0)

    def _kept(self) -> list[Seen]:
        """As the bound has it: of the newest numbers, looked at whenever an event is added."""
        newest = self.committed[-1][0] if self.committed else 0
        return [seen for seen in self.committed if seen[0] > newest - KEPT]


@pytest.mark.both_databases
def test_readers_see_what_was_committed(
    database_factory: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_FORGET_EVERY", 1)
    monkeypatch.setattr(repository, "KEPT", KEPT)
    machine = type("Machine", (EventsMachine,), {"make": staticmethod(database_factory)})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=15, deadline=None))
