"""Services, the gateway, the Hub and the command line answer what the table of rights says, as pages and REST do."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from support.asgi import bearer
from support.rights import PEOPLE, actor_of, answer_of, thing_of
from support.routes import Town, routes_of
from support.served_apps import MemoryDirectory, make_release
from support.served_apps import MemoryIdentity as Callers

from openmo.accounts.access import PLATFORM
from openmo.accounts.rights import AUDIENCES, RIGHTS, TABLE, Kind, Verb
from openmo.accounts.values import Actor, Bearer
from openmo.apps.owner.settings import SettingsChange
from openmo.apps.values import Channel, app_thing
from openmo.cli.client import ApiClient
from openmo.cli.main import cli
from openmo.core.errors import OpenMoError
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.datasets.owning import DatasetChange
from openmo.gateway.app import create_gateway
from openmo.gateway.settings import GatewaySettings
from openmo.identity.caller import Caller
from openmo.jobs.module_jobs import ModuleCall
from openmo.jobs.values import JobRequest
from openmo.languages.language import ENGLISH
from openmo.modules.describing import ModuleChange
from openmo.modules.trying.service import ModuleCallService
from openmo.modules.values import Module
from openmo.projects.launch import LaunchService
from openmo.projects.publishing.values import PublishDraft
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess
from openmo.serving.pool import CallOutput, CallResult, PoolStats
from openmo.specs.module import ModuleKind
from openmo.web.policy import Rule

Verbs = tuple[Kind, Verb]
Act = Callable[[Town, Actor, Project], Any]


def _job(town: Town, project: Project) -> Any:
    return town.platform.jobs.get(town.platform.actor("ada"), project, 2)


SERVICES: dict[Verbs, tuple[Act, ...]] = {
    (Kind.PLATFORM, Verb.CREATE_PROJECT): (lambda t, a, p: t.platform.projects.create(a, title=f"Beside {p.name}"),),
    (Kind.PLATFORM, Verb.JUMP_QUEUE): (),  # of one's own jobs: see below
    (Kind.PROJECT, Verb.SEE): (lambda t, a, p: t.platform.projects.get(a, p.owner, p.name),),
    (Kind.PROJECT, Verb.SEE_HIDDEN): (),  # a file that is not shown is absent, whoever asks: see below
    (Kind.PROJECT, Verb.CHANGE): (lambda t, a, p: t.platform.projects.update(a, p, title="Changed"),),
    (Kind.PROJECT, Verb.SHARE): (lambda t, a, p: t.platform.projects.update(a, p, visibility=_other(p)),),
    (Kind.PROJECT, Verb.IMPORT): (
        lambda t, a, p: t.platform.imports.import_dataset(a, p, _dataset(t, "digits")),
        lambda t, a, p: t.platform.imports.remove_dataset(a, p, _dataset(t, "iris")),
    ),
    (Kind.PROJECT, Verb.OPEN_LAB): (lambda t, a, p: asyncio.run(t.app.state.parts.services.lab.start(a, p)),),
    (Kind.PROJECT, Verb.PREPARE): (
        lambda t, a, p: t.platform.publishing.begin(a, p, ModuleKind.MODEL, language=ENGLISH),
        lambda t, a, p: t.platform.publishing.plan(a, p),
        lambda t, a, p: t.platform.publishing.check(a, p),
        lambda t, a, p: t.platform.publishing.publish(a, p, PublishDraft(dev=True)),
    ),
    (Kind.PROJECT, Verb.PUBLISH): (lambda t, a, p: t.platform.publishing.publish(a, p, PublishDraft()),),
    (Kind.PROJECT, Verb.DELETE): (lambda t, a, p: t.platform.apps.delete_all(a, p),),
    (Kind.JOB, Verb.SEE): (
        lambda t, a, p: t.platform.jobs.list(a, p),
        lambda t, a, p: t.platform.jobs.get(a, p, 1),
        lambda t, a, p: t.platform.jobs.several(a, p, [1]),
        lambda t, a, p: t.platform.job_results.snapshot(a, _job(t, p)),
        lambda t, a, p: t.platform.job_results.environment(a, _job(t, p)),
        lambda t, a, p: t.platform.lineage.inputs(a, _job(t, p)),
    ),
    (Kind.JOB, Verb.RUN): (
        lambda t, a, p: t.platform.jobs.submit(a, p, JobRequest(script="train.py")),
        lambda t, a, p: t.platform.jobs.restart(a, _job(t, p)),
        lambda t, a, p: t.app.state.parts.services.module_jobs.submit(
            a, p, ModuleCall(module=Reference("openmo", "iris_classifier"), method="run")
        ),
    ),
    (Kind.JOB, Verb.STOP): (
        lambda t, a, p: t.platform.jobs.set_priority(a, _job(t, p), -1),
        lambda t, a, p: t.platform.jobs.terminate(a, _job(t, p)),
    ),
    (Kind.JOB, Verb.DELETE): (lambda t, a, p: t.platform.jobs.delete_several(a, p, [1]),),
    (Kind.RELEASE, Verb.SEE): (lambda t, a, p: t.platform.apps.releases(a, p),),
    (Kind.RELEASE, Verb.TRY): (),  # what is not for everybody is left out of a list: see below
    (Kind.RELEASE, Verb.PREPARE): (
        lambda t, a, p: t.platform.preparing.check(a, p),
        lambda t, a, p: t.platform.preparing.candidates(a, p),
        lambda t, a, p: t.platform.apps.deploy(a, p, channel=Channel.DEV),
        lambda t, a, p: t.app.state.parts.services.examples.of(a, p),
    ),
    (Kind.RELEASE, Verb.PUBLISH): (
        lambda t, a, p: t.platform.apps.promote(a, p),
        lambda t, a, p: t.platform.apps.deploy(a, p),
    ),
    (Kind.RELEASE, Verb.MANAGE): (
        lambda t, a, p: t.platform.serving.settings(a, p),
        lambda t, a, p: t.platform.serving.change(a, p, SettingsChange(keep_inputs=True)),
        lambda t, a, p: t.platform.serving.log(a, p),
    ),
    (Kind.DATASET, Verb.SEE): (lambda t, a, p: t.platform.datasets.get(a, *_named(p, "iris")),),
    (Kind.DATASET, Verb.FAVOURITE): (lambda t, a, p: t.platform.datasets.set_favourite(a, _held(t, p), marked=True),),
    (Kind.DATASET, Verb.PUBLISH): (
        lambda t, a, p: t.platform.datasets.add_version(a, _held(t, p), _tree(t, p), notes=""),
    ),
    (Kind.DATASET, Verb.MANAGE): (
        lambda t, a, p: t.platform.dataset_users.users(a, _held(t, p)),
        lambda t, a, p: t.platform.dataset_owners.change(a, _held(t, p), DatasetChange(title="Changed")),
        lambda t, a, p: t.platform.dataset_removal.delete(a, _held(t, p), name="another"),
    ),
    (Kind.MODULE, Verb.SEE): (lambda t, a, p: t.platform.modules.get(a, *_named(p, "iris_classifier")),),
    (Kind.MODULE, Verb.FAVOURITE): (lambda t, a, p: t.platform.modules.set_favourite(a, _module(t, p), marked=True),),
    (Kind.MODULE, Verb.CALL): (lambda t, a, p: _calls(t).call(a, _offered(t, p), "1.0.0", "none", {}),),
    (Kind.MODULE, Verb.TRY): (),  # a version that is not shown is absent: see test_api_modules and test_module_updates
    (Kind.MODULE, Verb.CHANGE): (
        lambda t, a, p: t.app.state.parts.services.describing.change(a, _module(t, p), ModuleChange(title="Changed")),
    ),
    (Kind.MODULE, Verb.MANAGE): (lambda t, a, p: t.platform.yanking.yank(a, _module(t, p), "1.0.0", "It is wrong."),),
}
"""What each right lets somebody do with the services themselves, harmless things first."""
NOT_OF_SERVICES: frozenset[Verbs] = frozenset(
    {
        (Kind.PLATFORM, Verb.BROWSE),
        (Kind.PLATFORM, Verb.WORK),
        (Kind.RELEASE, Verb.MAKE_TOKENS),
        (Kind.RELEASE, Verb.TAKE_CALL_TOKEN),
        (Kind.MODULE, Verb.INSERT),
        *((Kind.APP, right.verb) for right in TABLE if right.kind is Kind.APP),
    }
)
"""Asked by pages, routes and the gateway."""
AT_THE_GATEWAY: frozenset[Verbs] = frozenset({(Kind.APP, Verb.CALL), (Kind.APP, Verb.SEE)})
AT_THE_HUB: frozenset[Verbs] = frozenset({(Kind.PROJECT, Verb.OPEN_LAB)})
COMMANDS: dict[Verbs, str] = {
    (Kind.PROJECT, Verb.SEE): "project show ada/{name}",
    (Kind.PROJECT, Verb.IMPORT): "dataset import ada/{name} openmo/digits",
    (Kind.JOB, Verb.SEE): "job list ada/{name}",
    (Kind.JOB, Verb.RUN): "job run ada/{name} train.py",
    (Kind.JOB, Verb.STOP): "job stop ada/{name} 2",
    (Kind.RELEASE, Verb.PREPARE): "app check ada/{name}",
    (Kind.RELEASE, Verb.PUBLISH): "app promote ada/{name}",
    (Kind.RELEASE, Verb.MANAGE): "app versions ada/{name}",
    (Kind.RELEASE, Verb.MAKE_TOKENS): "app token list ada/{name}",
    (Kind.PLATFORM, Verb.WORK): "notices",
    (Kind.PLATFORM, Verb.CREATE_PROJECT): "project create another",
    (Kind.PROJECT, Verb.PREPARE): "module check ada/{name}",
    (Kind.PROJECT, Verb.PUBLISH): "module publish ada/{name}",
    (Kind.PROJECT, Verb.DELETE): "project delete ada/{name} --yes",
}


def _other(project: Project) -> Visibility:
    return Visibility.PRIVATE if project.visibility is Visibility.PUBLIC else Visibility.PUBLIC


def _dataset(town: Town, name: str) -> Any:
    return town.platform.datasets.get(town.platform.actor("ada"), "openmo", name)


def _held(town: Town, project: Project) -> Any:
    return town.platform.datasets.get(town.platform.actor("ada"), *_named(project, "iris"))


def _tree(town: Town, project: Project) -> Any:
    ada = town.platform.actor("ada")
    return town.platform.store.summary(town.platform.datasets.version(ada, _held(town, project)).tree)


def _module(town: Town, project: Project) -> Any:
    return town.platform.modules.get(town.platform.actor("ada"), *_named(project, "iris_classifier"))


def _calls(town: Town) -> ModuleCallService:
    found: ModuleCallService = town.app.state.parts.services.module_calls
    return found


def _offered(town: Town, project: Project) -> Module:
    """Its owner lets others try it."""
    module: Module = _module(town, project)
    return replace(module, callable=True)


def _named(project: Project, public: str) -> tuple[str, str]:
    return ("openmo", public) if project.visibility is Visibility.PUBLIC else ("ada", "concealed")


def _status(act: Callable[[], Any]) -> int:
    try:
        act()
    except OpenMoError as error:
        return error.status if error.status in (401, 403, 404) else 200  # let in, and then something else
    return 200


def test_every_right_is_asked_for_at_some_door(town: Town) -> None:
    """A new row of the table comes with the call, the route or the command that it is about."""
    routed = {(rule.kind, rule.verb) for route in routes_of(town.app) for rule in route.calls if isinstance(rule, Rule)}
    doors = {*(right for right, acts in SERVICES.items() if acts), *AT_THE_GATEWAY, *AT_THE_HUB, *COMMANDS, *routed}
    tested_elsewhere = {
        (Kind.PLATFORM, Verb.JUMP_QUEUE),
        (Kind.PROJECT, Verb.SEE_HIDDEN),
        (Kind.RELEASE, Verb.TRY),
        (Kind.MODULE, Verb.TRY),
    }
    assert set(RIGHTS) - doors == tested_elsewhere
    assert SERVICES.keys() | NOT_OF_SERVICES == RIGHTS.keys()
    assert SERVICES.keys().isdisjoint(NOT_OF_SERVICES)


def test_every_row_says_who_may_for_each_audience() -> None:
    assert len(TABLE) == len(RIGHTS), "a right stands in the table twice"
    assert [right for right in TABLE if set(right.least) != set(AUDIENCES[right.kind])] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_services_answer_what_the_table_says(town: Town, who: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    town.keep(tmp_path_factory.mktemp("kept"))
    wrong = []
    for project in (town.public, town.private):
        actor = actor_of(town, who, project)
        for (kind, verb), acts in SERVICES.items():
            right = answer_of(actor, kind, verb, thing_of(town, kind, project), on_the_web=False)
            for number, act in enumerate(acts):
                status = _status(lambda act=act: act(town, actor, project))  # type: ignore[misc]  # noqa: B023 (called here)
                if status != right:
                    wrong.append(f"{kind}.{verb} ({number}) of {project.name}: {status}, not {right}")
        town.restore(files=True)
    assert "\n".join(wrong) == ""


def test_what_lists_leave_out_is_what_the_table_says(town: Town) -> None:
    """Rights that are not refused with an error but left out: development versions, hidden files; and the queue's."""
    project = town.public
    for who in PEOPLE[:-1]:
        actor = actor_of(town, who, project)
        tries = answer_of(actor, Kind.RELEASE, Verb.TRY, project.thing(Kind.RELEASE)) == 200
        releases = town.platform.apps.releases(actor, project)
        assert any(one.channel is Channel.DEV for one in releases) is tries, who
        hidden = _status(lambda who=actor: town.platform.files.view(who, project, ".hidden"))  # type: ignore[misc]
        assert hidden == 404, who  # there is none; who may read it is asked on the web
        if answer_of(actor, Kind.JOB, Verb.STOP, project.thing(Kind.JOB)) == 200:
            job = _job(town, project)
            first = _status(lambda who=actor, job=job: town.platform.jobs.set_priority(who, job, 1))  # type: ignore[misc]
            assert first == answer_of(actor, Kind.PLATFORM, Verb.JUMP_QUEUE, PLATFORM), who


def test_the_hub_starts_what_the_table_lets_people_open(town: Town) -> None:
    platform = town.platform
    launches = LaunchService(
        projects=platform.projects,
        imports=platform.imports,
        imported=platform.imported_environments,
        environments=platform.provider,
        python_lab=lambda: Path("/lab/bin/python"),
        api_url="http://127.0.0.1:1",
    )
    for project in (town.public, town.private):
        for name in ("ada", "bob", "root", "nobody"):
            started = _status(lambda name=name, slug=project.slug: launches.launch(name, slug))  # type: ignore[misc]
            right = answer_of(Bearer(name=name), Kind.PROJECT, Verb.OPEN_LAB, project.thing())
            assert started == (200 if right == 200 else 404), (name, project.name)


class _Answering:
    """A pool whose workers answer at once: rights are asked before any of them hears of a call."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def call(self, release: Any, inputs: Any, files: Any = None) -> CallResult:
        del release, inputs, files
        return CallResult(output=CallOutput(json=b'{"ret":1}'), duration=0.0)

    def stats(self) -> PoolStats:
        return PoolStats()

    def problem(self) -> str:
        return ""


CALLERS = {
    "ada": Caller(name="ada"),
    "bob": Caller(name="bob"),
    "root": Caller(name="root", admin=True),
    "ada-app": Caller(name="ada", apps=frozenset({"ada/this"})),
    "bob-app": Caller(name="bob", apps=frozenset({"ada/this"})),
    "root-app": Caller(name="root", admin=True, apps=frozenset({"ada/this"})),
    "ada-other": Caller(name="ada", apps=frozenset({"ada/other"})),
    "ada-lab": Caller(name="ada", project_slug="this"),
}


def test_the_gateway_answers_what_the_table_says(tmp_path: Path) -> None:
    directory, link = MemoryDirectory(), "s3cret" * 7
    releases = []
    for access in AppAccess:
        for channel in ("release", "dev"):
            options: dict[str, Any] = {
                "app": f"{access.value.replace('_', '-')}-{channel}",
                "slug": "this",
                "link": link,
            }
            release = make_release(
                tmp_path, "def handle(conf):\n    return {}\n", channel=channel, access=access, **options
            )
            directory.add(release)
            releases.append(release)
    gateway = create_gateway(directory, _Answering(), Callers(CALLERS), GatewaySettings(folder=tmp_path / "gateway"))

    async def ask() -> list[str]:
        wrong = []
        transport = httpx.ASGITransport(app=gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://openmo.test") as client:
            for release in releases:
                path = f"/run/{release.owner}/{release.app}"
                for who, caller in {"guest": None, **CALLERS}.items():
                    for secret in ("", link, "wrong"):
                        headers = {**(bearer(who) if caller else {}), **({"x-app-link": secret} if secret else {})}
                        # The server of a project is nobody here: it acts through the platform.
                        known = None if caller is None or caller.project_slug is not None else caller
                        right = answer_of(
                            Bearer.of(known, secret), Kind.APP, Verb.CALL, app_thing(release), on_the_web=False
                        )
                        call = await client.post(path, json={}, headers=headers)
                        read = await client.get(f"{path}/openapi.json", headers=headers)
                        if {call.status_code, read.status_code} != {right}:
                            wrong.append(f"{who}, {release.app}, link {secret!r}: {call.status_code}, not {right}")
        return wrong

    assert "\n".join(asyncio.run(ask())) == ""


class _Wire(httpx.BaseTransport):
    """What a command sends reaches the application of the tests."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        path = request.url.raw_path.decode()
        answer = self._town.client.ask(request.method, path, headers=headers, body=request.read())
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def test_the_command_line_adds_nothing_of_its_own(fresh_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town = fresh_town
    tokens = {"guest": "", "bob": town.bob, "root": town.root, "ada": town.ada}
    made = ApiClient.__init__

    def wired(self: ApiClient, url: str, token: str) -> None:
        made(self, url, token)
        self._http = httpx.Client(base_url=url, headers=self._http.headers, transport=_Wire(town))

    monkeypatch.setattr(ApiClient, "__init__", wired)
    monkeypatch.setenv("OPENMO_URL", "http://openmo.test")
    wrong = []
    for project in (town.public, town.private):
        for (kind, verb), command in COMMANDS.items():
            for who, token in tokens.items():
                if who == "ada" and verb is Verb.DELETE and project is town.public:
                    continue  # its other half, the private one, goes at the very end
                monkeypatch.setenv("OPENMO_TOKEN", token)
                done = CliRunner().invoke(cli, command.format(name=project.name).split())
                error = done.exception
                status = error.status if isinstance(error, OpenMoError) and error.status in (401, 403, 404) else 200
                right = answer_of(actor_of(town, who, project), kind, verb, thing_of(town, kind, project))
                if status != right or (error is not None and not isinstance(error, OpenMoError | SystemExit)):
                    wrong.append(f"{who}: {command} of {project.name}: {status}, not {right} ({error!r})")
    assert "\n".join(wrong) == ""
