"""The table of rights, as data; `access` asks it, and `docs/reference/rights.md` is printed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openmo.core.messages import Message, message


class Kind(StrEnum):
    """What rights are about."""

    PLATFORM = "platform"
    """The installation, and what an account has of its own besides things: its lists, its notices."""
    PROJECT = "project"
    JOB = "job"
    """The jobs of a project, whose audience they have."""
    RELEASE = "release"
    """A project's app as its owner looks after it, with the audience of the project."""
    APP = "app"
    """A deployed app as its callers meet it, with the audience that its owner chose for it."""
    DATASET = "dataset"
    MODULE = "module"


class Verb(StrEnum):
    """What somebody does."""

    BROWSE = "browse"
    WORK = "work"
    CREATE_PROJECT = "create_project"
    JUMP_QUEUE = "jump_queue"
    SEE = "see"
    SEE_HIDDEN = "see_hidden"
    CHANGE = "change"
    SHARE = "share"
    IMPORT = "import"
    FAVOURITE = "favourite"
    INSERT = "insert"
    OPEN_LAB = "open_lab"
    DELETE = "delete"
    RUN = "run"
    STOP = "stop"
    PREPARE = "prepare"
    PUBLISH = "publish"
    MANAGE = "manage"
    TRY = "try"
    MAKE_TOKENS = "make_tokens"
    TAKE_CALL_TOKEN = "take_call_token"  # noqa: S105 (a verb)
    OPEN_PAGE = "open_page"
    CALL = "call"


class Audience(StrEnum):
    """To whom a thing is open; projects, datasets and modules are public or private."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    LINK = "link"
    PRIVATE = "private"


class Role(StrEnum):
    """What a person is to a thing."""

    GUEST = "guest"
    """Somebody without an account, or who did not say which."""
    LINK = "link"
    """Somebody who came by the secret link of an app."""
    SIGNED_IN = "signed_in"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"


class Token(StrEnum):
    """What a token is for that does not stand for all of its account."""

    PROJECT = "project"
    """For the project in question: its JupyterLab server bears it. To what belongs to no project, as its account."""
    APP = "app"
    """For calling the app in question."""
    OTHER = "other"
    """For another project or another app: its bearer is no more than a guest here."""


INCLUDES: Mapping[Role, frozenset[Role]] = {
    Role.GUEST: frozenset({Role.GUEST}),
    Role.LINK: frozenset({Role.LINK}),
    Role.SIGNED_IN: frozenset({Role.SIGNED_IN, Role.GUEST}),
    Role.OWNER: frozenset({Role.OWNER, Role.SIGNED_IN, Role.GUEST}),
    Role.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR, Role.SIGNED_IN, Role.GUEST}),
}
"""What else each role is: a row names the least roles that may."""
AUDIENCES: Mapping[Kind, tuple[Audience, ...]] = {
    Kind.PLATFORM: (Audience.PUBLIC,),
    Kind.PROJECT: (Audience.PUBLIC, Audience.PRIVATE),
    Kind.JOB: (Audience.PUBLIC, Audience.PRIVATE),
    Kind.RELEASE: (Audience.PUBLIC, Audience.PRIVATE),
    Kind.APP: tuple(Audience),
    Kind.DATASET: (Audience.PUBLIC, Audience.PRIVATE),
    Kind.MODULE: (Audience.PUBLIC, Audience.PRIVATE),
}
KNOWN_BY: Mapping[Kind, tuple[Kind, Verb]] = {
    Kind.PLATFORM: (Kind.PLATFORM, Verb.BROWSE),
    Kind.PROJECT: (Kind.PROJECT, Verb.SEE),
    Kind.JOB: (Kind.PROJECT, Verb.SEE),
    Kind.RELEASE: (Kind.PROJECT, Verb.SEE),
    Kind.APP: (Kind.APP, Verb.SEE),
    Kind.DATASET: (Kind.DATASET, Verb.SEE),
    Kind.MODULE: (Kind.MODULE, Verb.SEE),
}
"""The right without which a thing of that kind is absent, whatever is tried with it."""


_OTHER_TOKEN = message("This token is for something else: sign in to do this.")
_SIGN_IN = message("Sign in to do this.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One row: a verb on a kind of thing."""

    kind: Kind
    verb: Verb
    meaning: str
    """For the printed table."""
    least: Mapping[Audience, frozenset[Role]]
    """The least roles that may, by the thing's audience."""
    tokens: frozenset[Token] = frozenset()
    """Tokens whose bearers may, as far as what they are to the thing does."""
    refusal: Message
    """To those who know of the thing; with `%(owner)s` and `%(thing)s`."""
    token_refusal: Message = _OTHER_TOKEN
    sign_in: Message = _SIGN_IN

    @property
    def open_to_guests(self) -> bool:
        """Whether there is anything that guests may do this to."""
        return any(_ANYBODY & roles for roles in self.least.values())


_ANYBODY = frozenset({Role.GUEST, Role.LINK})
_GUESTS = frozenset({Role.GUEST})
_PEOPLE = frozenset({Role.SIGNED_IN})
_OWNER = frozenset({Role.OWNER})
_CALLERS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
_LAB = frozenset({Token.PROJECT})


def _rows(kind: Kind, *rows: tuple[Verb, str, Message]) -> tuple[Right, ...]:
    """What the owner alone may, in the browser and by the project's own token."""
    least = dict.fromkeys(AUDIENCES[kind], _OWNER)
    return tuple(
        Right(kind=kind, verb=verb, meaning=meaning, least=least, tokens=_LAB, refusal=refusal)
        for verb, meaning, refusal in rows
    )


_CHANGE = message("Only %(owner)s can change %(thing)s.")
_LOOK_AFTER = message("Only the project's owner looks after its app.")
_JOBS = message("Only the project's owner can see its jobs.")
_SEEN = {Audience.PUBLIC: _GUESTS, Audience.PRIVATE: _OWNER}
_OPENED = {
    Audience.PUBLIC: _GUESTS,
    Audience.SIGNED_IN: _PEOPLE,
    Audience.LINK: _OWNER | {Role.LINK},
    Audience.PRIVATE: _OWNER,
}
_CALLED = {**_OPENED, Audience.LINK: _CALLERS | {Role.LINK}, Audience.PRIVATE: _CALLERS}
_APP_SEEN = {**_OPENED, Audience.SIGNED_IN: _GUESTS}  # a guest is told that an account would do
_TOKEN_TAKEN = {
    Audience.PUBLIC: _PEOPLE,
    Audience.SIGNED_IN: _PEOPLE,
    Audience.LINK: _OWNER,
    Audience.PRIVATE: _OWNER,
}
_NOT_YOURS = message("This is not yours to open.")
_CANNOT_CALL = message("You cannot call this app.")

TABLE: tuple[Right, ...] = (
    Right(
        kind=Kind.PLATFORM,
        verb=Verb.BROWSE,
        meaning="look at what is public, sign in, change the language",
        least={Audience.PUBLIC: _GUESTS},
        tokens=frozenset(Token),
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.PLATFORM,
        verb=Verb.WORK,
        meaning="have lists of one's own: projects, running jobs, notices; convert notebooks",
        least={Audience.PUBLIC: _PEOPLE},
        tokens=_LAB,
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.PLATFORM,
        verb=Verb.CREATE_PROJECT,
        meaning="make a project",
        least={Audience.PUBLIC: _PEOPLE},
        refusal=_NOT_YOURS,
        token_refusal=message("This token is one project's own: it cannot make another project."),
        sign_in=message("Sign in to make a project."),
    ),
    Right(
        kind=Kind.PLATFORM,
        verb=Verb.JUMP_QUEUE,
        meaning="put jobs of one's own before those of others (a priority above 0)",
        least={Audience.PUBLIC: frozenset({Role.ADMINISTRATOR})},
        refusal=message("Only administrators can put jobs before those of others."),
        token_refusal=message("Only administrators can put jobs before those of others."),
    ),
    Right(
        kind=Kind.PROJECT,
        verb=Verb.SEE,
        meaning="see it: its page, its files, what it imports",
        least=_SEEN,
        tokens=_LAB,
        refusal=_NOT_YOURS,
    ),
    *_rows(
        Kind.PROJECT,
        (Verb.SEE_HIDDEN, "read files whose names begin with a dot, and private imports", _CHANGE),
        (Verb.CHANGE, "change its title and description", _CHANGE),
        (Verb.SHARE, "make it public or private", _CHANGE),
        (Verb.IMPORT, "import datasets and modules, or take them out", _CHANGE),
        (Verb.OPEN_LAB, "open it in JupyterLab", _CHANGE),
        (Verb.PREPARE, "begin the module that it makes, check it, publish it as `dev`", _CHANGE),
        (Verb.PUBLISH, "publish versions of the module that it makes", _CHANGE),
        (Verb.DELETE, "delete it with all that belongs to it", _CHANGE),
    ),
    *_rows(
        Kind.JOB,
        (Verb.SEE, "see jobs with their logs, metrics and snapshots", _JOBS),
        (Verb.RUN, "run a job, or run one again", _CHANGE),
        (Verb.STOP, "stop a job, or let it wait longer", _CHANGE),
        (Verb.DELETE, "delete jobs", _CHANGE),
    ),
    Right(
        kind=Kind.RELEASE,
        verb=Verb.SEE,
        meaning="see which releases there are",
        least=_SEEN,
        tokens=_LAB,
        refusal=_NOT_YOURS,
    ),
    *_rows(
        Kind.RELEASE,
        (Verb.TRY, "see and use the development version, and a suspended app's page", _LOOK_AFTER),
        (Verb.PREPARE, "prepare handler and examples; deploy a development version", _CHANGE),
        (Verb.PUBLISH, "release", _CHANGE),
        (Verb.MANAGE, "look after it: settings, versions, figures, log, suspending", _LOOK_AFTER),
    ),
    Right(
        kind=Kind.RELEASE,
        verb=Verb.MAKE_TOKENS,
        meaning="make, list and withdraw tokens that call the app",
        least=dict.fromkeys(AUDIENCES[Kind.RELEASE], _OWNER),
        refusal=_CHANGE,
        token_refusal=message("This token is one project's own: it cannot make or see tokens. Sign in to do this."),
    ),
    Right(
        kind=Kind.RELEASE,
        verb=Verb.TAKE_CALL_TOKEN,
        meaning="take a token of ten minutes for calling apps as oneself",
        least={Audience.PUBLIC: _PEOPLE, Audience.PRIVATE: _OWNER},
        refusal=_CANNOT_CALL,
        token_refusal=message("This token is one project's own: it cannot stand for its owner elsewhere."),
    ),
    Right(
        kind=Kind.APP,
        verb=Verb.SEE,
        meaning="learn from a refusal that it is there",
        least=_APP_SEEN,
        tokens=frozenset({Token.APP, Token.PROJECT}),
        refusal=_CANNOT_CALL,
    ),
    Right(
        kind=Kind.APP,
        verb=Verb.OPEN_PAGE,
        meaning="use its page",
        least=_OPENED,
        tokens=frozenset({Token.PROJECT, Token.OTHER}),
        refusal=_CANNOT_CALL,
        sign_in=message("This app is for people with an account here."),
    ),
    Right(
        kind=Kind.APP,
        verb=Verb.TAKE_CALL_TOKEN,
        meaning="take a token of ten minutes for calling it from its page",
        least=_TOKEN_TAKEN,
        tokens=_LAB,
        refusal=_CANNOT_CALL,
        token_refusal=_CANNOT_CALL,
    ),
    Right(
        kind=Kind.APP,
        verb=Verb.CALL,
        meaning="call it",
        least=_CALLED,
        tokens=frozenset({Token.APP, Token.OTHER}),
        refusal=_CANNOT_CALL,
        sign_in=message("This app is for people with an account here: send a token of yours."),
    ),
    Right(
        kind=Kind.DATASET,
        verb=Verb.SEE,
        meaning="see and import it",
        least=_SEEN,
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.DATASET,
        verb=Verb.FAVOURITE,
        meaning="mark it as a favourite of one's own",
        least={Audience.PUBLIC: _PEOPLE, Audience.PRIVATE: _OWNER},
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
    ),
    *_rows(Kind.DATASET, (Verb.PUBLISH, "make it, and publish versions of it", _CHANGE)),
    Right(
        kind=Kind.DATASET,
        verb=Verb.MANAGE,
        meaning="say something else of it, make it public or private, delete it",
        least=dict.fromkeys(AUDIENCES[Kind.DATASET], _OWNER),
        refusal=_CHANGE,
        token_refusal=message("This token is one project's own: it cannot change datasets. Sign in to do this."),
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.SEE,
        meaning="see and import it",
        least=_SEEN,
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.INSERT,
        meaning="get code that calls it",
        least={Audience.PUBLIC: _PEOPLE, Audience.PRIVATE: _OWNER},
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.CALL,
        meaning="call it from outside a project, where its owner lets people try it, or it is one's own",
        least={Audience.PUBLIC: _PEOPLE, Audience.PRIVATE: _OWNER},
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
        sign_in=message("Sign in to try it."),
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.FAVOURITE,
        meaning="mark it as a favourite of one's own",
        least={Audience.PUBLIC: _PEOPLE, Audience.PRIVATE: _OWNER},
        tokens=frozenset({Token.PROJECT}),
        refusal=_NOT_YOURS,
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.CHANGE,
        meaning="change its title, description, category and tags, and let people try it",
        least=dict.fromkeys(AUDIENCES[Kind.MODULE], _OWNER),
        refusal=_CHANGE,
        token_refusal=message("This token is one project's own: it cannot change modules. Sign in to do this."),
    ),
    Right(
        kind=Kind.MODULE,
        verb=Verb.MANAGE,
        meaning="yank versions of it, and take that back",
        least=dict.fromkeys(AUDIENCES[Kind.MODULE], _OWNER),
        refusal=_CHANGE,
        token_refusal=message(
            "This token is one project's own: it cannot yank versions of modules. Sign in to do this."
        ),
    ),
    *_rows(Kind.MODULE, (Verb.TRY, "see, import and call its development version", _CHANGE)),
)
RIGHTS: dict[tuple[Kind, Verb], Right] = {(right.kind, right.verb): right for right in TABLE}
"""The table by kind and verb."""
