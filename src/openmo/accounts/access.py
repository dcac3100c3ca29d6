"""Who may do what, to which thing: one table, and one question asked of it at every door.

`RIGHTS` is the table, as data. A row names a verb, the kind of thing it is done to, and the least role that may do it,
for each audience that such a thing can have. `standing_of` is the one place that finds out what somebody is to a thing.
To give people a new role, name it in `Role`, say in `INCLUDES` what it may besides, and find it in `standing_of`: from
what the actor carries, which is read in one place when a request comes in. No slice asks for roles.
"""

import hmac
from dataclasses import dataclass, field
from typing import Protocol

from openmo.accounts.rights import INCLUDES, KNOWN_BY, RIGHTS, Audience, Kind, Right, Role, Token, Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Forbidden, NotFound, NotSignedIn
from openmo.core.ids import AccountId, ProjectId
from openmo.core.messages import Message, message

_NAME_SHOWN = 161


class Asker(Protocol):
    """What rights depend on in somebody who asks."""

    @property
    def name(self) -> str | None:
        """The account's name, which never changes and nobody else has; None for a guest."""
        ...

    @property
    def admin(self) -> bool: ...

    @property
    def only_project(self) -> ProjectId | None:
        """Set for the bearer of the token of one project's JupyterLab server."""
        ...

    @property
    def only_apps(self) -> frozenset[str] | None:
        """Set for the bearer of a token that calls these apps, as `owner/slug`."""
        ...

    @property
    def link(self) -> str:
        """The secret of an app's link, by which they came."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What something is done to, as far as rights depend on it."""

    kind: Kind
    owner: str = ""
    """The owner's account name: the gateway and the Hub know people by nothing else."""
    name: str = ""
    """`owner/name`, for messages."""
    audience: Audience = Audience.PRIVATE
    project: ProjectId | None = None
    """The project that it is, or belongs to."""
    app: str = ""
    """`owner/slug`, as tokens for one app name it."""
    link: str = field(default="", repr=False)
    """The secret that opens it while its audience is LINK."""


PLATFORM = Thing(kind=Kind.PLATFORM, audience=Audience.PUBLIC)
"""The installation itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is to a thing."""

    roles: frozenset[Role]
    token: Token | None
    """What their token is for, where it is for less than all that its account may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose things a list of somebody's own shows."""

    owner_id: AccountId
    project_id: ProjectId | None
    """None: those of all their projects."""


def standing_of(asker: Asker, thing: Thing) -> Standing:
    """The asker's roles towards the thing. A token for something else leaves what guests are."""
    token = _token(asker, thing)
    roles = set(INCLUDES[Role.GUEST])
    if thing.link and asker.link and hmac.compare_digest(asker.link.encode(), thing.link.encode()):
        roles |= INCLUDES[Role.LINK]
    if asker.name is not None and token is not Token.OTHER:
        roles |= INCLUDES[Role.SIGNED_IN]
        if asker.name == thing.owner:
            roles |= INCLUDES[Role.OWNER]
        if asker.admin:
            roles |= INCLUDES[Role.ADMINISTRATOR]
    return Standing(roles=frozenset(roles), token=token)


def may(asker: Asker, verb: Verb, thing: Thing) -> bool:
    """Whether the table lets them."""
    right = RIGHTS[thing.kind, verb]
    standing = standing_of(asker, thing)
    if standing.token is not None and standing.token not in right.tokens:
        return False
    return not standing.roles.isdisjoint(right.least[thing.audience])


def check(asker: Asker, verb: Verb, thing: Thing, **fields: object) -> None:
    """Raises unless they may: NotFound for what they may not know of, NotSignedIn for guests, else Forbidden.

    `fields`: of the Forbidden error, such as the `field` of a form.
    """
    if may(asker, verb, thing):
        return
    if not may_know(asker, thing):
        raise absent(KNOWN_BY[thing.kind][0], thing.name)
    right = RIGHTS[thing.kind, verb]
    if asker.name is None:
        raise NotSignedIn(right.sign_in)
    raise Forbidden(_refusal(asker, right, thing), **fields)


def check_any(asker: Asker, verb: Verb, kind: Kind) -> None:
    """Raises for those who may do this to no such thing, whichever it is: before one is looked up."""
    if kind is Kind.PLATFORM:
        check(asker, verb, PLATFORM)
    right = RIGHTS[kind, verb]
    if asker.name is None and not right.open_to_guests:
        raise NotSignedIn(right.sign_in)


def may_know(asker: Asker, thing: Thing) -> bool:
    """Whether they may learn that the thing is there."""
    kind, verb = KNOWN_BY[thing.kind]
    known = (
        thing
        if kind is thing.kind
        else Thing(kind=kind, owner=thing.owner, name=thing.name, audience=thing.audience, project=thing.project)
    )
    return may(asker, verb, known)


def absent(kind: Kind, name: str) -> NotFound:
    """The one error for a thing that is not there and for one that the asker may not know of."""
    shown = name[:_NAME_SHOWN]
    match kind:
        case Kind.PROJECT:
            return NotFound(message("There is no project %(name)s.", name=shown), project=shown)
        case Kind.DATASET:
            return NotFound(message("There is no dataset %(name)s.", name=shown), dataset=shown)
        case Kind.MODULE:
            return NotFound(message("There is no module %(name)s.", name=shown), module=shown)
        case Kind.APP:
            return NotFound(message("There is no app %(name)s that you can call.", name=shown))
        case _:
            return NotFound(message("There is nothing at this address."))


def scope_of(actor: Actor) -> Scope | None:
    """Which things of their own somebody's lists show; None: a guest has none."""
    if actor.account is None:
        return None
    return Scope(owner_id=actor.account.id, project_id=actor.only_project)


def _token(asker: Asker, thing: Thing) -> Token | None:
    if asker.only_apps is not None:
        return Token.APP if thing.kind is Kind.APP and thing.app in asker.only_apps else Token.OTHER
    if asker.only_project is not None:
        return Token.PROJECT if thing.project in (None, asker.only_project) else Token.OTHER
    return None


def _refusal(asker: Asker, right: Right, thing: Thing) -> Message:
    by_token = standing_of(asker, thing).token
    sentence = right.refusal if by_token is None or by_token in right.tokens else right.token_refusal
    return Message(sentence.sentence, {"owner": thing.owner, "thing": thing.name})
