"""Tickets into a project are good once, for seconds and for that project; what is sealed is read by nobody else."""

from support.clocks import ManualClock

from openmo.identity.project_sessions import SESSION_SECONDS, TICKET_SECONDS, ProjectSession, ProjectSessions

SECRET = bytes(range(32))
ADAS = ProjectSession(token="t0ken", slug="demo-x", home="http://127.0.0.1:8000")


def test_a_ticket_is_good_once_for_its_own_project_and_for_seconds() -> None:
    clock = ManualClock()
    sessions = ProjectSessions(SECRET, clock)
    ticket = sessions.ticket(ADAS)
    assert sessions.redeem(ticket, "demo-x") == ADAS
    assert sessions.redeem(ticket, "demo-x") is None
    assert sessions.redeem(sessions.ticket(ADAS), "other") is None
    late = sessions.ticket(ADAS)
    clock.advance(TICKET_SECONDS)
    assert sessions.redeem(late, "demo-x") is None
    assert sessions.redeem("", "demo-x") is None


def test_a_ticket_tried_at_another_project_is_spent() -> None:
    sessions = ProjectSessions(SECRET, ManualClock())
    ticket = sessions.ticket(ADAS)
    assert sessions.redeem(ticket, "other") is None
    assert sessions.redeem(ticket, "demo-x") is None


def test_a_cookie_is_read_where_it_was_made_for_and_nowhere_else() -> None:
    sessions = ProjectSessions(SECRET, ManualClock())
    sealed = sessions.seal(ADAS)
    assert ADAS.token not in sealed
    assert ProjectSessions(SECRET, ManualClock()).read(sealed, "demo-x") == ADAS
    assert sessions.read(sealed, "other") is None
    assert ProjectSessions(bytes(32), ManualClock()).read(sealed, "demo-x") is None
    changed = sealed[:60] + ("B" if sealed[60] == "A" else "A") + sealed[61:]
    for forged in ("", "x", sealed[:-2], changed, "ä", '{"slug":"demo-x"}'):
        assert sessions.read(forged, "demo-x") is None
    assert SESSION_SECONDS <= 14 * 86400
