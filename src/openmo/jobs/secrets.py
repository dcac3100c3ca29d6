"""Secrets of jobs, encrypted at rest."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from openmo.config.settings import DataFolder
from openmo.core.errors import Conflict

_KEY = "job-secrets"


class SecretBox:
    """Seals what only the job may read; the key lies in the data folder, not in the database."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def seal(self, secrets: Mapping[str, str]) -> str:
        """Text for the database; empty for no secrets."""
        if not secrets:
            return ""
        return self._fernet().encrypt(json.dumps(dict(secrets)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """What was sealed; raises Conflict when this installation's key is another one."""
        if not sealed:
            return {}
        try:
            secrets: dict[str, str] = json.loads(self._fernet().decrypt(sealed.encode()))
        except InvalidToken:
            raise Conflict("The secrets of this job cannot be read any more: give them again in a new job.") from None
        return secrets

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self._folder.secret(_KEY))))
