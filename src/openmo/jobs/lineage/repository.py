"""SQL of what jobs were made with."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select

from openmo.core.ids import AccountId, DatasetId, JobId, ModuleId, ProjectId
from openmo.datasets.repository import dataset_of, select_datasets
from openmo.db.rows import all_rows
from openmo.db.tables import datasets, job_inputs, jobs, modules, projects
from openmo.jobs.lineage.values import DatasetInput, JobInput, ModuleInput, Use
from openmo.jobs.repository import job_of, select_jobs
from openmo.modules.repository import module_of, select_modules


class LineageRepository:
    """Inputs of jobs in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, job_id: JobId, inputs: Sequence[JobInput]) -> None:
        """In this order."""
        rows = [
            {
                "job_id": job_id,
                "position": position,
                "module_id": each.module_id,
                "dataset_id": each.dataset_id,
                "version": each.version,
                "method": each.method,
            }
            for position, each in enumerate(inputs)
        ]
        if rows:
            self._connection.execute(insert(job_inputs), rows)

    def modules_of(self, job_id: JobId) -> tuple[ModuleInput, ...]:
        query = (
            select_modules()
            .join(job_inputs, job_inputs.c.module_id == modules.c.id)
            .add_columns(job_inputs.c.version.label("used_version"), job_inputs.c.method)
            .where(job_inputs.c.job_id == job_id)
            .order_by(job_inputs.c.position)
        )
        return tuple(
            ModuleInput(module=module_of(row), version=row["used_version"], method=row["method"])
            for row in all_rows(self._connection, query)
        )

    def datasets_of(self, job_id: JobId) -> tuple[DatasetInput, ...]:
        query = (
            select_datasets()
            .join(job_inputs, job_inputs.c.dataset_id == datasets.c.id)
            .add_columns(job_inputs.c.version.label("used_version"))
            .where(job_inputs.c.job_id == job_id)
            .order_by(job_inputs.c.position)
        )
        return tuple(
            DatasetInput(dataset=dataset_of(row), version=int(row["used_version"]))
            for row in all_rows(self._connection, query)
        )

    def uses(
        self,
        used: ModuleId | DatasetId,
        *,
        owner_id: AccountId,
        project_id: ProjectId | None,
        after: str,
        limit: int,
    ) -> tuple[Use, ...]:
        """Jobs of the owner (of that project alone) that were made with it, in any version; newest first."""
        is_used = (job_inputs.c.module_id == used) | (job_inputs.c.dataset_id == used)
        owned = (
            select(projects.c.id).where(projects.c.owner_id == owner_id)
            if project_id is None
            else select(projects.c.id).where(projects.c.owner_id == owner_id, projects.c.id == project_id)
        )
        query = select_jobs().where(jobs.c.project_id.in_(owned))
        query = query.where(jobs.c.id.in_(select(job_inputs.c.job_id).where(is_used)))
        if after:
            query = query.where(jobs.c.id < after)
        found = [job_of(row) for row in all_rows(self._connection, query.order_by(jobs.c.id.desc()).limit(limit))]
        columns = (job_inputs.c.job_id, job_inputs.c.version, job_inputs.c.method)
        of_these = job_inputs.c.job_id.in_([job.id for job in found])
        named = list(
            all_rows(self._connection, select(*columns).where(is_used, of_these).order_by(job_inputs.c.position))
        )
        return tuple(
            Use(
                job=job,
                versions=_each_once(row["version"] for row in named if row["job_id"] == job.id),
                methods=_each_once(row["method"] for row in named if row["job_id"] == job.id),
            )
            for job in found
        )


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
