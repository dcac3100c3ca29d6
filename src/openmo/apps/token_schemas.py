"""Tokens for calling one app, on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from openmo.ports.app_tokens import AppToken, NewAppToken

DAY = 86_400


class AppTokenDraft(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(min_length=1, max_length=100)
    """What it is for, so that its owner knows it again."""
    days: int | None = Field(default=None, ge=1, le=3650)
    """null: it works until it is withdrawn."""

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
