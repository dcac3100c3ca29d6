"""Modules whose packages exclude each other, called from one process: with real environments of real packages."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import uv
from openmo_sdk import Client, EnvironmentMissing
from openmo_sdk.calls import remote
from support.checkout import ROOT
from support.sdk_projects import add_module

NUMPY_USER = """
import numpy
class tells:
    def run(self, conf={}):
        return numpy.__version__
    def both(self, conf):
        return conf["x"] * 2, conf["x"].mean()
"""
PANDAS_USER = """
import pandas
class frames:
    def run(self, conf={}):
        table = pandas.DataFrame({"a": [1, 2], "b": ["x", None]})
        table["c"] = conf["x"]
        return table if conf["whole"] else table["c"].to_numpy()
    def size(self, conf):
        return conf["table"].shape, str(conf["table"]["b"].dtype), pandas.__version__
"""
CALLER = """
import pandas as pd
from openmo_sdk import Client
frames = Client().module("ann/frames/1.0.0", environment="own")
moments = pd.date_range("2020", periods=2, tz="Asia/Shanghai")
table = pd.DataFrame({"a": [1, 2], "b": ["x", None], "moments": moments})
shape, dtype, version = frames.size({"table": table})
print(shape, dtype, version[:3])
answer = frames.run({"x": table["a"].to_numpy(), "whole": True})
print(answer.shape, table["b"].dtype)
"""


def environment(folder: Path, *packages: str) -> Path:
    """A virtual environment with these packages, of the index; skips where none is in reach."""
    program = uv.find_uv_bin()
    subprocess.run([program, "venv", "--quiet", "--no-project", folder], check=True)
    install: list[str | Path] = [program, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *packages]
    if subprocess.run(install, check=False).returncode != 0:
        pytest.skip("no package index is in reach")
    return folder


@pytest.mark.deep("builds environments from a package index; the other tests of calls use the tests' own Python")
def test_two_versions_of_numpy_answer_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    versions = {"1.0.0": ("numpy==1.26.*", "pandas==2.2.*"), "2.0.0": ("numpy>=2", "pandas>=3")}
    for version, packages in versions.items():
        folder = environment(tmp_path / version, *packages)
        for name, source in (("tells", NUMPY_USER), ("frames", PANDAS_USER)):
            add_module(tmp_path, f"ann/{name}/{version}", {"main.py": source})
            (tmp_path / "modules" / "ann" / name / f"{version}.environment").symlink_to(folder)
    old, new = (Client().module(f"ann/tells/{version}", environment="own") for version in versions)
    try:
        assert old.run().startswith("1.26.")
        assert int(new.run().partition(".")[0]) >= 2
        structure = np.zeros(3, [("a", "i4"), ("b", "M8[us]")])
        for module in (old, new):
            doubled, mean = module.both({"x": np.arange(4, dtype="f2")})
            assert (doubled.dtype, doubled.tolist(), type(mean)) == (np.dtype("f2"), [0, 2, 4, 6], np.float16)
            module.run()
            with pytest.raises(TypeError):
                module.both({"x": structure})
        for version in versions:
            frames = Client().module(f"ann/frames/{version}", environment="own")
            assert frames.run({"x": np.array([1.5, 2.5]), "whole": False}).tolist() == [1.5, 2.5]
            with pytest.raises(EnvironmentMissing, match="returned needs pandas, which is not installed here"):
                frames.run({"x": 1, "whole": True})
        caller: list[str | Path] = [tmp_path / "2.0.0" / "bin" / "python", "-c", CALLER]
        done = subprocess.run(
            caller,
            env={**os.environ, "PYTHONPATH": str(ROOT / "sdk" / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "(2, 3) object 2.2\n(2, 3) str\n", done.stderr
    finally:
        remote.close_all()
