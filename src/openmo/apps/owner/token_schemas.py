"""Tokens for calling one app, on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from openmo.core.errors import InvalidInput
from openmo.core.text import one_line
from openmo.identity.app_tokens import DAYS, MAX_DAYS, AppToken, NewAppToken

DAY = 86_400
_NOTE_LENGTH = 100


class AppTokenDraft(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(min_length=1, max_length=_NOTE_LENGTH)
    """What it is for, on one line, so that its owner knows it again."""
    days: int | None = Field(default=DAYS, ge=1, le=MAX_DAYS)
    """null: as long as a token may work, ten years."""

    @property
    def title(self) -> str:
        """The note as it is kept; raises InvalidInput for one that cannot be shown."""
        title = one_line(self.note, what="The note", limit=_NOTE_LENGTH, field="note")
        if not title:
            raise InvalidInput("Say what the token is for.", field="note")
        return title

    @property
    def seconds(self) -> int | None:
        return None if self.days is None else self.days * DAY


class AppTokenView(BaseModel):
    """A token that can call the app; its secret is shown once, when it is made."""

    id: str
    note: str
    created_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, token: AppToken) -> "AppTokenView":
        return cls(**{name: getattr(token, name) for name in AppTokenView.model_fields})


class NewAppTokenView(AppTokenView):
    token: str

    @classmethod
    def made(cls, new: NewAppToken) -> "NewAppTokenView":
        return cls(**AppTokenView.of(new.token).model_dump(), token=new.secret)


class AppTokenList(BaseModel):
    """Newest first."""

    items: list[AppTokenView]
