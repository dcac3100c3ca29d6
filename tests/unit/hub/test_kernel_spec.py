"""What a project's kernel runs with."""

from pathlib import Path

from openmo.hub.spawner import kernel_spec


def test_pip_installs_into_the_project_and_the_kernel_imports_from_there() -> None:
    packages = Path("/project/.packages")
    environment = kernel_spec(Path("/environment/bin/python"), packages)["env"]
    assert environment["PIP_TARGET"] == environment["PYTHONPATH"] == str(packages)
    assert environment["PATH"].startswith("/environment/bin:")
