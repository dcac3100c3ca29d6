"""Cells as Mo's notebooks and handlers have them, which call the sample modules unchanged."""

from pathlib import Path
from typing import Any

import pytest

from examples import modules

NOTEBOOK = "from modules import json_parser, Client"
HANDLER = "from function.modules import json_parser\nfrom function.modules import Client"
CLIENT = """
client = Client(api_key='5c88a2d31afd943b8f3c1f0a', project_id='5c88a2d31afd943b8f3c1f0b', user_ID='luxu1220',
                project_type='app', source_file_path='work/coding_here.ipynb')
run = client.run
train = client.train
predict = client.predict
controller = client.controller
work_path = './'
"""
INSERTED = """
conf = '{"sepal_length": 7.7, "sepal_width": 3.0, "petal_length": 6.5, "petal_width": 2.2}'
conf = json_parser(conf)
result = run('openmo/iris_classifier/1.0.0', conf)
"""
INSERTED_LIST = """
conf = json_parser('[{"name": "data", "value": [1, 2, 3], "value_type": "[float]"}, '
                   '{"name": "maximum", "value": "2", "value_type": "float"}, '
                   '{"name": "minimum", "value": null, "default_value": "0", "value_type": "float"}]')
result = predict('openmo/min_max_scaler/1.0.0', conf)['scaled']
"""
PREDICT_OF_A_TOOLKIT = """
conf = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
result = controller(predict, 'openmo/iris_classifier/1.0.0', conf, with_control=True, silent=True)
"""
TRAIN = """
conf = '{"data_path": "./table.csv", "model_save_path": "my_model.npz"}'
conf = json_parser(conf)
result = train('openmo/text_classifier/1.0.0', conf)
conf = json_parser('{"text": "进球", "model_path": "my_model.npz"}')
result = predict('openmo/text_classifier/1.0.0', feed=conf)['label']
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for build in (modules.build_iris_classifier, modules.build_min_max_scaler, modules.build_text_classifier):
        build(tmp_path / "modules" / "openmo" / build.__name__.removeprefix("build_") / "1.0.0")
    (tmp_path / "table.csv").write_text("text,label\n球队进球,体育\n好吃的面条,饮食\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("imports", [NOTEBOOK, HANDLER], ids=["notebook", "handler"])
@pytest.mark.parametrize(
    ("cell", "result"),
    [
        (INSERTED, [2]),
        (INSERTED_LIST, [0, 1, 2]),
        (PREDICT_OF_A_TOOLKIT, [0]),
        (TRAIN, "体育"),
    ],
    ids=["inserted", "list form", "predict of a toolkit", "train, then predict"],
)
def test_inserted_cells_run_unchanged(project: Path, imports: str, cell: str, result: object) -> None:
    names: dict[str, Any] = {}
    for source in (imports, CLIENT, cell):
        exec(compile(source, "cell", "exec"), names)
    assert names["result"] == result
