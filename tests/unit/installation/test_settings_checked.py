"""What may not be combined is refused before anything starts."""

from pathlib import Path

import pytest

from openmo.config.settings import Settings
from openmo.core.errors import InvalidInput
from openmo.installation.up import check_settings
from openmo.sandbox.landlock import LandlockSandbox

SANDBOX = LandlockSandbox(namespaces=False, abi=7)


def test_only_known_groups_of_system_calls_can_be_allowed() -> None:
    check_settings(Settings(data=Path("/d"), system_calls="io_uring, keys"), SANDBOX)
    with pytest.raises(InvalidInput, match="names everything, uring; it may name io_uring, keys"):
        check_settings(Settings(data=Path("/d"), system_calls="everything,keys,uring"), SANDBOX)
