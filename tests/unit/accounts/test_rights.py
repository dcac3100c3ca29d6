"""What the table of rights says, in sentences that do not come from it."""

from dataclasses import replace

import pytest
from support.platform import Platform

from openmo.accounts import access
from openmo.accounts.access import Asker, Standing, Thing, absent, check, may
from openmo.accounts.rights import AUDIENCES, INCLUDES, RIGHTS, TABLE, Audience, Kind, Role, Verb
from openmo.accounts.values import Bearer
from openmo.core.errors import Forbidden, NotFound, NotSignedIn
from openmo.core.ids import ProjectId

ADA, BOB, ROOT = Bearer(name="ada"), Bearer(name="bob"), Bearer(name="root", admin=True)
GUEST = Bearer()


def thing(kind: Kind, audience: Audience) -> Thing:
    project = ProjectId("p1") if kind in (Kind.PROJECT, Kind.JOB, Kind.RELEASE, Kind.APP) else None
    return Thing(
        kind=kind, owner="ada", name="ada/digits", audience=audience, project=project, app="ada/digits-1", link="s3cret"
    )


def granted(asker: Asker, *audiences: Audience) -> set[str]:
    return {
        f"{right.kind}.{right.verb}"
        for right in TABLE
        for audience in AUDIENCES[right.kind]
        if audience in audiences and may(asker, right.verb, thing(right.kind, audience))
    }


def test_guests_look_at_what_is_public() -> None:
    seen = {"platform.browse", "project.see", "release.see", "app.see", "app.open_page", "app.call"}
    assert granted(GUEST, Audience.PUBLIC) == seen | {"dataset.see", "module.see"}
    assert granted(GUEST, Audience.PRIVATE) == granted(GUEST, Audience.LINK) == set()
    assert granted(GUEST, Audience.SIGNED_IN) == {"app.see"}


def test_a_link_opens_its_app_and_nothing_else() -> None:
    came = Bearer(link="s3cret")
    assert granted(came, Audience.LINK) == {"app.see", "app.open_page", "app.call"}
    assert granted(came, Audience.PRIVATE) == granted(Bearer(link="wrong"), Audience.LINK) == set()


def test_others_may_nothing_with_private_things() -> None:
    assert granted(BOB, Audience.PRIVATE, Audience.LINK) == set()


def test_administrators_call_every_app_and_jump_the_queue_and_no_more() -> None:
    everywhere = tuple(Audience)
    assert granted(ROOT, *everywhere) - granted(BOB, *everywhere) == {"platform.jump_queue"}
    assert granted(ROOT, Audience.PRIVATE) == granted(ROOT, Audience.LINK) == {"app.call"}


def test_owners_may_all_but_what_is_the_administrators() -> None:
    every = {f"{right.kind}.{right.verb}" for right in TABLE}
    assert every - granted(ADA, *Audience) == {"platform.jump_queue"}


def test_the_server_of_a_project_may_what_its_owner_may_there_but_gives_out_no_rights() -> None:
    lab = Bearer(name="ada", only_project=ProjectId("p1"))
    missing = granted(ADA, Audience.PRIVATE) - granted(lab, Audience.PRIVATE)
    assert missing == {
        "release.make_tokens",
        "release.take_call_token",
        "app.call",
        "dataset.manage",
        "module.change",
        "module.manage",
    }
    assert "platform.create_project" not in granted(lab, Audience.PUBLIC)
    elsewhere = granted(Bearer(name="ada", only_project=ProjectId("p2")), *Audience)
    assert elsewhere == {
        *("platform.browse", "platform.work", "app.open_page", "app.call"),
        *("dataset.see", "dataset.favourite", "dataset.publish"),
        *("module.see", "module.insert", "module.favourite", "module.call", "module.try"),
    }


def test_a_token_for_an_app_calls_that_app_as_its_account_would() -> None:
    mine, theirs = frozenset({"ada/digits-1"}), frozenset({"ada/other"})
    assert granted(Bearer(name="ada", only_apps=mine), Audience.PRIVATE) == {"app.call", "app.see"}
    assert granted(Bearer(name="bob", only_apps=mine), Audience.PRIVATE) == set()
    assert granted(Bearer(name="ada", only_apps=theirs), Audience.PRIVATE, Audience.SIGNED_IN) == set()


def test_a_refusal_tells_nobody_of_what_they_may_not_see() -> None:
    private, public = thing(Kind.JOB, Audience.PRIVATE), thing(Kind.JOB, Audience.PUBLIC)
    for asker in (GUEST, BOB):
        with pytest.raises(NotFound) as hidden:
            check(asker, Verb.RUN, private)
        assert hidden.value.message == absent(Kind.PROJECT, "ada/digits").message
    with pytest.raises(NotSignedIn):
        check(GUEST, Verb.RUN, public)
    with pytest.raises(Forbidden, match="Only ada can change ada/digits"):
        check(BOB, Verb.RUN, public)


def test_a_new_role_needs_no_slice(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewer: one row of the table, and what somebody is to a thing; the service for jobs knows nothing of it."""
    project = platform.project("ada", "digits", files={"train.py": ""})
    job, bob = platform.submit(project), platform.actor("bob")
    found = access.standing_of

    def with_viewers(asker: Asker, thing: Thing) -> Standing:
        standing = found(asker, thing)
        return Standing(roles=standing.roles | {VIEWER}, token=None) if asker.name == "bob" else standing

    monkeypatch.setattr(access, "standing_of", with_viewers)
    for kind in (Kind.PROJECT, Kind.JOB):
        right = RIGHTS[kind, Verb.SEE]
        least = {**right.least, Audience.PRIVATE: right.least[Audience.PRIVATE] | {VIEWER}}
        monkeypatch.setitem(RIGHTS, (kind, Verb.SEE), replace(right, least=least))
    assert platform.jobs.get(bob, platform.projects.get(bob, "ada", "digits"), job.number).id == job.id
    with pytest.raises(Forbidden):
        platform.jobs.terminate(bob, job)
    with pytest.raises(NotFound):
        platform.projects.get(platform.actor("eve"), "ada", "digits")


VIEWER = Role.LINK
"""Stands for the role that is not there yet: nobody has it with a project."""


def test_roles_include_themselves_and_what_they_include() -> None:
    assert [role for role in Role if role not in INCLUDES[role]] == []
    assert [role for role in Role for inner in INCLUDES[role] if not INCLUDES[inner] <= INCLUDES[role]] == []
