"""Who asks in the tests of rights, what they ask about, and what the table of rights answers."""

from support.asgi import bearer, cookie
from support.routes import Town

from openmo.accounts.access import PLATFORM, Asker, Thing, check, check_any
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import VISITOR, Actor
from openmo.apps.values import app_thing
from openmo.core.errors import OpenMoError
from openmo.projects.values import Project

PEOPLE = ("guest", "bob", "root", "ada", "lab", "elsewhere")
"""Nobody, somebody, an administrator, the owner, the server of the project in question, that of another project."""


def actor_of(town: Town, who: str, project: Project) -> Actor:
    match who:
        case "guest":
            return VISITOR
        case "root":
            return Actor(account=town.platform.accounts.get("root"))
        case "lab":
            return town.platform.actor("ada", only=project)
        case "elsewhere":
            return town.platform.actor("ada", only=town.other)
        case _:
            return town.platform.actor(who)


def headers_of(town: Town, who: str, project: Project, *, browser: bool = False) -> dict[str, str]:
    """As that person's browser sends them, where `browser` is set and they have one."""
    tokens = {
        "bob": town.bob,
        "root": town.root,
        "ada": town.ada,
        "lab": town.labs[project.id],
        "elsewhere": town.ada_elsewhere,
    }
    if who == "guest":
        return {}
    return cookie(tokens[who]) if browser and who in ("bob", "root", "ada") else bearer(tokens[who])


def thing_of(town: Town, kind: Kind, project: Project) -> Thing:
    """The thing of that kind which is as public as the project."""
    platform, ada = town.platform, town.platform.actor("ada")
    owner, name = ("openmo", "iris") if project == town.public else ("ada", "concealed")
    match kind:
        case Kind.PLATFORM:
            return PLATFORM
        case Kind.APP:
            release = platform.apps.find("ada", project.name, None)
            assert release is not None
            return app_thing(release)
        case Kind.DATASET:
            return platform.datasets.get(ada, owner, name).thing()
        case Kind.MODULE:
            return platform.modules.get(ada, owner, "iris_classifier" if name == "iris" else name).thing()
        case _:
            return project.thing(kind)


def answer_of(actor: Asker, kind: Kind, verb: Verb, thing: Thing, *, on_the_web: bool = True) -> int:
    """200 where the table lets them, else the status of its refusal.

    `on_the_web`: a route asks guests to sign in before it looks for the thing.
    """
    try:
        if on_the_web:
            check_any(actor, verb, kind)
        check(actor, verb, thing)
    except OpenMoError as error:
        return error.status
    return 200
