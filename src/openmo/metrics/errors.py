"""What can go wrong with a job's metrics."""

from openmo.core.errors import Conflict, NotFound
from openmo.core.messages import message


class MetricNotFound(NotFound):
    """The job has not printed a metric of this name."""

    code = "metric_not_found"
    title = message("No such metric")
    remedy = "Read the names of the metrics that the job has."


class StoreBusy(Conflict):
    """Another process writes this job's metrics at this moment."""

    code = "metrics_busy"
    title = message("Metrics are being written")
    remedy = "Try again when the other process has ended."
