import pytest

from openmo.core.errors import InvalidInput
from openmo.core.ids import check_owner
from openmo.identity.local_account import local_user


@pytest.mark.parametrize(
    ("system", "account"),
    [("ann", "ann"), ("Ann Lee", "ann-lee"), ("CORP\\ann", "corp-ann"), ("安", "me"), ("_www", "www"), ("", "me")],
)
def test_the_system_user_becomes_an_account(monkeypatch: pytest.MonkeyPatch, system: str, account: str) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: system)
    assert local_user("") == account
    assert check_owner(account) == account


def test_a_configured_account_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_user("zoe") == "zoe"
    with pytest.raises(InvalidInput):
        local_user("no/slashes")


def test_a_system_without_users_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", unknown)
    monkeypatch.delenv("USER", raising=False)
    assert local_user("") == "me"
