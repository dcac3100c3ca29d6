"""Why a job waits or how it ended, in the reader's language."""

from openmo.jobs.running.reasons import Reason, say
from openmo.jobs.values import Job
from openmo.languages.language import Language, translations


def reason_text(job: Job, language: Language) -> str:
    """The job's reason in that language; as it was stored, where it has no code."""
    return say(Reason(job.reason_code, job.reason_params), translations(language).gettext) or job.reason
