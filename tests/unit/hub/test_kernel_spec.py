"""What a project's kernel runs with."""

from pathlib import Path

from openmo.hub.spawner import KERNEL_STARTER, kernel_spec


def test_pip_installs_into_the_project_and_the_kernel_imports_from_there() -> None:
    packages = Path("/project/.packages")
    environment = kernel_spec(Path("/environment/bin/python"), KERNEL_STARTER, packages)["env"]
    assert environment["PIP_TARGET"] == environment["PYTHONPATH"] == str(packages)
    assert environment["PATH"].startswith("/environment/bin:")


def test_no_kernel_offers_the_debugger_that_anybody_on_the_machine_can_connect_to() -> None:
    spec = kernel_spec(Path("/environment/bin/python"), KERNEL_STARTER, Path("/project/packages"))
    assert spec["metadata"] == {"debugger": False}
