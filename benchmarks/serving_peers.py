"""The peers of `serving.py`: the same handler as each of them would have it written and started.

`--peers FOLDER` names a folder with a virtual environment for each peer that is to run: `litserve`, `bentoml`,
`gradio`, `mlflow`, `ray`. Those that are not there are left out. Make one with, say, `uv venv FOLDER/litserve` and
`uv pip install --python FOLDER/litserve/bin/python litserve`.
"""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CALL = "/run/ada/adder"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A server that answers {"x": 41} with 42 in some form."""

    command: Callable[[int], list[str]]
    """The command line for a port."""
    path: str = CALL
    body: bytes = b'{"x": %d}'
    environment: Mapping[str, str] | None = None
    """Besides this process's own; `PORT` is always there."""
    port: int | None = None
    """Where it always listens; None: on the port that it is given."""
    start_timeout: float = 120.0


LITSERVE = """
import os, litserve
class Adder(litserve.LitAPI):
    def setup(self, device): ...
    def decode_request(self, request): return request["x"]
    def predict(self, x): return x + 1
    def encode_response(self, output): return {"ret": output}
if __name__ == "__main__":
    server = litserve.LitServer(Adder(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False, log_level="warning")
"""
BENTOML = """
import bentoml
@bentoml.service
class Adder:
    @bentoml.api
    def predict(self, x: int) -> dict:
        return {"ret": x + 1}
"""
GRADIO = """
import os, gradio
number = gradio.Number(precision=0)
demo = gradio.Interface(lambda x: x + 1, number, gradio.Number(precision=0), api_name="predict")
demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True, ssr_mode=False)
"""
MLFLOW = """
import sys, mlflow
class Adder(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [{"ret": int(x) + 1} for x in model_input["x"]]
mlflow.pyfunc.save_model(sys.argv[1], python_model=Adder(), pip_requirements=["mlflow"])
"""
RAY = """
from ray import serve
@serve.deployment
class Adder:
    async def __call__(self, request):
        return {"ret": (await request.json())["x"] + 1}
app = Adder.bind()
"""
_SOURCES = {
    "lit_adder": LITSERVE,
    "bento_adder": BENTOML,
    "gradio_adder": GRADIO,
    "mlflow_adder": MLFLOW,
    "ray_adder": RAY,
}


def peers(environments: Path, folder: Path) -> dict[str, Contender]:
    """Those whose environment is in `environments`; their sources are written to `folder`."""
    for name, source in _SOURCES.items():
        (folder / f"{name}.py").write_text(source)

    def program(environment: str, name: str) -> str:
        return str(environments / environment / "bin" / name)

    known: dict[str, tuple[str, Callable[[], Contender]]] = {
        "litserve": ("LitServe", lambda: _litserve(program, folder)),
        "bentoml": ("BentoML", lambda: _bentoml(program, folder)),
        "gradio": ("Gradio, direct /run", lambda: _gradio(program, folder)),
        "mlflow": ("MLflow models serve", lambda: _mlflow(program, folder)),
        "ray": ("Ray Serve", lambda: _ray(program, folder)),
    }
    return {title: make() for name, (title, make) in known.items() if (environments / name).is_dir()}


Program = Callable[[str, str], str]


def _litserve(program: Program, folder: Path) -> Contender:
    return Contender(command=lambda _: [program("litserve", "python"), str(folder / "lit_adder.py")], path="/predict")


def _bentoml(program: Program, folder: Path) -> Contender:
    def command(port: int) -> list[str]:
        start = [program("bentoml", "bentoml"), "serve", "bento_adder:Adder", "--working-dir", str(folder)]
        return [*start, "--host", "127.0.0.1", "--port", str(port)]

    return Contender(command=command, path="/predict")


def _gradio(program: Program, folder: Path) -> Contender:
    return Contender(
        command=lambda _: [program("gradio", "python"), str(folder / "gradio_adder.py")],
        path="/gradio_api/run/predict",
        body=b'{"data": [%d]}',
        environment={"GRADIO_ANALYTICS_ENABLED": "False"},
    )


def _mlflow(program: Program, folder: Path) -> Contender:
    model = folder / "mlflow-model"
    subprocess.run(
        [program("mlflow", "python"), str(folder / "mlflow_adder.py"), str(model)], check=True, capture_output=True
    )

    def command(port: int) -> list[str]:
        start = [program("mlflow", "python"), "-m", "mlflow", "models", "serve", "-m", str(model)]
        return [*start, "--env-manager", "local", "-h", "127.0.0.1", "-p", str(port), "-w", "1"]

    environment = {"PATH": f"{Path(program('mlflow', 'python')).parent}:/usr/bin:/bin"}
    return Contender(
        command=command, path="/invocations", body=b'{"dataframe_records": [{"x": %d}]}', environment=environment
    )


def _ray(program: Program, folder: Path) -> Contender:
    return Contender(
        command=lambda _: [program("ray", "serve"), "run", "--app-dir", str(folder), "ray_adder:app"],
        path="/",
        port=8000,
        start_timeout=180.0,
        environment={"RAY_USAGE_STATS_ENABLED": "0"},
    )
