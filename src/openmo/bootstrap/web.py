"""The web service's process: pages and REST API."""

import asyncio
import socket
from functools import partial

import httpx
import uvicorn
from anyio import to_thread

from openmo.apps.preparing.examples import ExampleService
from openmo.bootstrap.datasets import dataset_parts
from openmo.bootstrap.parts import HUB_SECONDS, parts_behind
from openmo.bootstrap.platform import Platform, build_platform, disk_space
from openmo.config.endpoints import Endpoints, listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.core.clock import SystemClock
from openmo.core.health import HealthCheck
from openmo.datasets.uploads.receiving import Receiver
from openmo.db.engine import MAX_WRITERS
from openmo.identity.app_tokens import AppTokens
from openmo.identity.call_tokens import CallTokens
from openmo.identity.hub.admin import HubAdmin
from openmo.identity.hub.app_tokens import HubAppTokens
from openmo.identity.hub.caller import HubIdentity
from openmo.identity.project_sessions import ProjectSessions
from openmo.identity.servers import NotebookServers
from openmo.identity.service_names import web_token
from openmo.installation.state import read_reports
from openmo.jobs.module_jobs import ModuleJobService
from openmo.modules.changes import VersionChangeService
from openmo.modules.files import ModuleFileService
from openmo.modules.trying.calls import MethodCalls
from openmo.modules.trying.sandboxed import SandboxedCaller
from openmo.modules.trying.service import ModuleCallService
from openmo.modules.trying.values import CallLimits
from openmo.projects.deletion import ProjectDeletion
from openmo.projects.imports.needs import ModuleNeedService
from openmo.projects.imports.uses import ModuleUseService
from openmo.projects.lab import LabService
from openmo.projects.publishing.trying import ProjectCallService
from openmo.sandbox.detect import detect_sandbox
from openmo.web.app import create_app
from openmo.web.documents.process import FormattingProcess
from openmo.web.documents.renderer import DocumentRenderer
from openmo.web.services import Services

_THREADS_FOR_READERS = 40
"""What no writer takes, however many wait for a locked database."""


def web_services(platform: Platform, servers: NotebookServers, app_tokens: AppTokens) -> Services:
    """What pages and API routes act through."""
    lab, datasets = LabService(platform.projects, servers), dataset_parts(platform)
    calls = _method_calls(platform)
    return Services(
        events=platform.events,
        accounts=platform.accounts,
        notices=platform.notices,
        datasets=platform.datasets,
        dataset_files=datasets.files,
        dataset_comparisons=datasets.comparisons,
        dataset_owners=datasets.owners,
        dataset_removal=datasets.removal,
        dataset_users=datasets.users,
        uploads=datasets.uploads,
        receiver=Receiver(),
        modules=platform.modules,
        module_calls=ModuleCallService(platform.modules, platform.environments, calls),
        module_files=ModuleFileService(platform.modules),
        version_changes=VersionChangeService(platform.modules, platform.store),
        describing=platform.describing,
        module_updates=platform.module_updates,
        module_uses=ModuleUseService(platform.database),
        module_needs=ModuleNeedService(platform.projects, platform.environments),
        imports=platform.imports,
        projects=platform.projects,
        files=platform.files,
        publishing=platform.publishing,
        project_calls=_project_calls(platform, calls),
        module_preparing=platform.module_preparing,
        module_copying=platform.module_copying,
        yanking=platform.yanking,
        jobs=platform.jobs,
        module_jobs=_module_jobs(platform),
        lineage=platform.lineage,
        job_watch=platform.job_watch,
        job_results=platform.job_results,
        job_logs=platform.job_logs,
        apps=platform.apps,
        preparing=platform.preparing,
        examples=ExampleService(platform.projects, platform.files),
        serving=platform.serving,
        lab=lab,
        deletion=ProjectDeletion(platform.projects, lab, (platform.jobs, platform.apps)),
        app_tokens=app_tokens,
        documents=_documents(platform),
    )


def _module_jobs(platform: Platform) -> ModuleJobService:
    return ModuleJobService(
        modules=platform.modules,
        imports=platform.imports,
        projects=platform.projects,
        files=platform.files,
        jobs=platform.jobs,
    )


def _method_calls(platform: Platform) -> MethodCalls:
    limits, folder = CallLimits(), platform.settings.folder.root / "web" / "module-calls"
    caller = SandboxedCaller(platform.executor, folder / "running", platform.clock, limits)
    return MethodCalls(caller, folder, limits, disk_space(platform.settings))


def _documents(platform: Platform) -> DocumentRenderer:
    folder = platform.settings.folder.root / "web" / "formatting"
    return DocumentRenderer(FormattingProcess(detect_sandbox(), folder))


def _project_calls(platform: Platform, calls: MethodCalls) -> ProjectCallService:
    return ProjectCallService(
        platform.publishing,
        platform.files,
        platform.environments,
        platform.module_environments,
        calls=calls,
        clock=platform.clock,
    )


def run_web(settings: Settings) -> None:
    """Serves until SIGTERM."""
    endpoints = load_endpoints(settings.folder.run)
    platform = build_platform(settings)
    platform.apps.sweep()
    platform.publishing.sweep()
    dataset_parts(platform).owners.sweep()
    listener = listening_socket("web", endpoints.web)
    asyncio.run(_serve(settings, endpoints, platform, listener))


async def _serve(settings: Settings, endpoints: Endpoints, platform: Platform, listener: socket.socket) -> None:
    token = web_token(settings)
    authorised = {"Authorization": f"token {token}"}
    to_thread.current_default_thread_limiter().total_tokens = MAX_WRITERS + _THREADS_FOR_READERS
    async with (
        httpx.AsyncClient(base_url=endpoints.hub_api, timeout=HUB_SECONDS, headers=authorised) as admin_client,
        httpx.AsyncClient(base_url=endpoints.hub_api, timeout=HUB_SECONDS) as identity_client,
    ):
        services = web_services(platform, HubAdmin(admin_client), HubAppTokens(admin_client))
        services.uploads.resume()
        app = create_app(
            services=services,
            identity=HubIdentity(identity_client, client_secret=token, clock=SystemClock()),
            call_tokens=CallTokens(bytes.fromhex(settings.folder.secret("app-calls")), platform.clock),
            csrf_secret=bytes.fromhex(settings.folder.secret("web-csrf")),
            hosts=settings.allowed_hosts,
            origins=settings.project_origins,
            project_sessions=ProjectSessions(bytes.fromhex(settings.folder.secret("project-sessions")), SystemClock()),
            health_check=HealthCheck(
                parts_behind(platform.database, identity_client, endpoints),
                SystemClock(),
                warnings=disk_space(settings).warnings,
            ),
            read_reports=partial(read_reports, settings.folder),
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,  # live streams never end by themselves
            proxy_headers=False,
            server_header=False,
        )
        await uvicorn.Server(config).serve(sockets=[listener])
