"""Notices in the reader's language."""

from openmo.core.messages import message
from openmo.jobs.running.reasons import Reason, say
from openmo.languages.language import Language, translations
from openmo.notices.schemas import NoticeView
from openmo.notices.values import Notice

_TITLES = {
    "succeeded": message("%(name)s succeeded"),
    "failed": message("%(name)s failed"),
    "terminated": message("%(name)s was terminated"),
}


def notice_view(notice: Notice, language: Language) -> NoticeView:
    """The notice with its title and its reason in that language."""
    translate = translations(language).gettext
    title = translate(_TITLES[notice.outcome]) % {"name": notice.subject}
    text = say(Reason(notice.reason_code, notice.reason_params), translate) or notice.reason
    return NoticeView(
        id=notice.id,
        number=notice.number,
        kind=notice.kind,
        outcome=notice.outcome,
        title=title,
        text=text,
        reason_code=notice.reason_code,
        reason_params=dict(notice.reason_params),
        owner=notice.owner,
        project=notice.project,
        project_title=notice.project_title,
        url=notice.address,
        at=notice.at,
        read=notice.read_at is not None,
    )
