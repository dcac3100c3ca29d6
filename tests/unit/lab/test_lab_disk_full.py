"""JupyterLab's own commands say that the disk is full, as the platform does."""

import errno

import pytest
from openmo_lab.problems import DiskFull
from tornado.web import HTTPError

from openmo.core.errors import StorageFull


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_found_behind_the_error_that_it_brought_about(number: int) -> None:
    error = HTTPError(500, "Unexpected error while saving file")
    error.__cause__ = OSError(number, "no space")
    found = DiskFull.behind(error)
    assert found is not None
    document = found.document()
    assert (document["code"], document["status"]) == (StorageFull.code, StorageFull.status)
    assert "administrator" in document["detail"]


def test_other_errors_are_none() -> None:
    assert DiskFull.behind(OSError(errno.EACCES, "no")) is None
    assert DiskFull.behind(None) is None
