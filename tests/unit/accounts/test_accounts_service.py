"""Accounts: made when somebody first signs in."""

import threading

import pytest
from support.platform import Platform

from openmo.core.errors import Forbidden, InvalidInput, NotFound


@pytest.mark.both_databases
def test_an_account_is_made_once(platform: Platform) -> None:
    first = platform.accounts.ensure("ada")
    assert platform.accounts.ensure("ada") == first == platform.accounts.get("ada")


@pytest.mark.both_databases
def test_many_first_requests_make_one_account(platform: Platform) -> None:
    found: list[str] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        found.append(platform.accounts.ensure("ada").id)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


@pytest.mark.both_databases
def test_the_right_to_administer_comes_and_goes(platform: Platform) -> None:
    assert platform.accounts.ensure("ada", admin=True).admin
    assert not platform.accounts.ensure("ada").admin
    assert not platform.accounts.get("ada").admin


def test_nobody_is_let_in_as_the_samples_owner(platform: Platform) -> None:
    owner = platform.accounts.ensure_samples_owner()
    with pytest.raises(Forbidden):
        platform.accounts.ensure("openmo")
    assert platform.accounts.get("openmo") == owner


@pytest.mark.parametrize("name", ["", "..", "a/b", "Ada", "a b", "-a", "a\0", "ä", "a" * 64])
def test_names_that_cannot_stand_in_a_path_get_no_account(platform: Platform, name: str) -> None:
    with pytest.raises(InvalidInput):
        platform.accounts.ensure(name)


@pytest.mark.parametrize("name", ["ada", "ada.lovelace@example.org", "a-b_c", "7"])
def test_names_of_people_do(platform: Platform, name: str) -> None:
    assert platform.accounts.ensure(name).name == name


@pytest.mark.both_databases
def test_an_unknown_account_is_not_found(platform: Platform) -> None:
    with pytest.raises(NotFound):
        platform.accounts.get("nobody")
