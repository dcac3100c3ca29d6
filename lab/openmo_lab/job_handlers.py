"""Our routes for the project's jobs."""

import time
from http import HTTPStatus

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from openmo_lab.paths import existing_file
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.requests import JobNumbersRequest, JobRequest, job_numbers

SCRIPTS = (".py", ".ipynb")


class JobsHandler(PlatformHandler):
    """GET openmo/jobs?numbers=1,2: the project's jobs, those among them; POST creates one.

    Whoever looks hears of changes for a while, as events of the notebook server (see `job_relay`).
    """

    _track_activity = False  # a browser looks by itself, which does not mean that somebody works

    @authenticated
    @authorized
    async def get(self) -> None:
        numbers = job_numbers(self.get_query_argument("numbers", ""))
        jobs = await self.client.jobs(numbers)
        if self.relay is not None:
            self.relay.want()
        self.answer({"items": jobs, "now": time.time()})

    @authenticated
    @authorized
    async def post(self) -> None:
        request = JobRequest.parse(self.request.body)
        client = self.client
        script = request.script
        if request.code_of is None:
            file = existing_file(self.root, script, suffix=SCRIPTS)
            script = file.relative_to(self.root.resolve()).as_posix()
        self.answer(await client.create_job(request.submission(script)), HTTPStatus.CREATED)


class JobOptionsHandler(PlatformHandler):
    """GET openmo/jobs/options: what a new job can run and ask for."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.client.job_options())


class JobDraftHandler(PlatformHandler):
    """GET openmo/jobs/1/draft: a job as it was asked for; of its secrets the names alone."""

    @authenticated
    @authorized
    async def get(self, number: str) -> None:
        self.answer(await self.client.job_draft(int(number)))


class JobInputsHandler(PlatformHandler):
    """GET openmo/jobs/1/inputs: what the job was made with."""

    @authenticated
    @authorized
    async def get(self, number: str) -> None:
        self.answer(await self.client.job_inputs(int(number)))


class JobActionHandler(PlatformHandler):
    """POST openmo/jobs/1/terminate, POST openmo/jobs/1/restart: the job as it is then, or the new run."""

    @authenticated
    @authorized
    async def post(self, number: str, action: str) -> None:
        self.answer(await self.client.act_on_job(int(number), action))


class DeleteJobsHandler(PlatformHandler):
    """POST openmo/jobs/delete: ended jobs are gone, all of them or none."""

    @authenticated
    @authorized
    async def post(self) -> None:
        await self.client.delete_jobs(JobNumbersRequest.parse(self.request.body).numbers)
        self.answer({})


_NUMBER = "([0-9]{1,9})"
JOB_ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("jobs", JobsHandler),
    ("jobs/options", JobOptionsHandler),
    ("jobs/delete", DeleteJobsHandler),
    (f"jobs/{_NUMBER}/draft", JobDraftHandler),
    (f"jobs/{_NUMBER}/inputs", JobInputsHandler),
    (f"jobs/{_NUMBER}/(terminate|restart)", JobActionHandler),
]
