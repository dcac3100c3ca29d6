"""The bundled datasets and module: complete, true to their source, and the same bytes at every build."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from openmo_sdk import Client, MissingParameter
from PIL import Image
from sklearn.datasets import load_digits, load_iris

from examples.datasets import build_digits, build_iris
from examples.modules import build_iris_classifier
from openmo.specs.files import load_module_spec
from openmo.specs.module import read_module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_iris(folder / "iris")
    build_digits(folder / "digits")
    build_iris_classifier(folder / "modules" / "openmo" / "iris_classifier" / "1.0.0")
    return folder


def test_every_build_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build_iris(tmp_path / "iris")
    build_digits(tmp_path / "digits")
    build_iris_classifier(tmp_path / "modules" / "openmo" / "iris_classifier" / "1.0.0")
    files = {path.relative_to(built): path.read_bytes() for path in built.rglob("*") if path.is_file()}
    assert files == {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_iris_has_a_header_and_every_flower(built: Path) -> None:
    with (built / "iris" / "iris.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    iris = load_iris()
    assert list(rows[0]) == ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    assert [[float(value) for value in list(row.values())[:4]] for row in rows] == iris.data.tolist()
    assert [row["species"] for row in rows] == [iris.target_names[target] for target in iris.target]


def test_the_pictures_and_the_arrays_hold_the_same_digits(built: Path) -> None:
    source = load_digits()
    with np.load(built / "digits" / "digits.npz") as arrays:
        x, y, index = arrays["x"], arrays["y"], arrays["index"]
    assert (x.shape, x.dtype, int(x.min()), int(x.max())) == ((1797, 8, 8), np.uint8, 0, 255)
    assert (y == source.target).all()
    assert (index == np.arange(1797)).all()
    assert np.abs(x / 255 * 16 - source.images).max() < 0.05
    with zipfile.ZipFile(built / "digits" / "digits.zip") as archive:
        assert sorted(archive.namelist()) == sorted(f"{y[number]}/{number:04d}.png" for number in index)
        for number in index:
            with Image.open(io.BytesIO(archive.read(f"{y[number]}/{number:04d}.png"))) as image:
                assert image.mode == "L"
                assert (np.asarray(image) == x[number]).all()


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_every_dataset_names_source_and_licence_in_both_languages(built: Path, name: str) -> None:
    text = (built / name / "README.md").read_text(encoding="utf-8")
    for words in ("Source:", "Licence: CC BY 4.0", "来源：", "许可：CC BY 4.0"):
        assert words in text


def test_the_classifier_tells_146_of_150_flowers(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built)
    iris = load_iris()
    module = Client().module("openmo/iris_classifier")
    assert module.identifier == "openmo/iris_classifier/1.0.0"
    confs = [
        dict(zip(("sepal_length", "sepal_width", "petal_length", "petal_width"), row, strict=True)) for row in iris.data
    ]
    answers = [module.run(conf) for conf in confs]
    assert sum(answer == [target] for answer, target in zip(answers, iris.target.tolist(), strict=True)) == 146
    assert "146 of its 150" in Path("modules/openmo/iris_classifier/1.0.0/README.md").read_text(encoding="utf-8")
    for conf, answer in zip(confs, answers, strict=True):
        probabilities = module.probabilities(conf)
        assert sum(probabilities.values()) == pytest.approx(1)
        assert max(probabilities, key=lambda name: probabilities[name]) == module.classes()[answer[0]]


def test_the_classifier_refuses_what_is_no_flower(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built)
    client, flower = Client(), {"sepal_length": 5, "sepal_width": 3, "petal_length": 1}
    with pytest.raises(MissingParameter, match="petal_width"):
        client.run("openmo/iris_classifier", flower)
    with pytest.raises(ValueError, match="finite"):
        client.run("openmo/iris_classifier", {**flower, "petal_width": "nan"})


def test_the_classifiers_spec_declares_what_its_code_reads(built: Path) -> None:
    folder = built / "modules" / "openmo" / "iris_classifier" / "1.0.0"
    spec = load_module_spec((folder / "module_spec.yml").read_text(encoding="utf-8"))
    reading = read_module((folder / "main.py").read_text(encoding="utf-8"))
    assert reading.class_name == "iris_classifier"
    declared = {(each.name, each.value_type, each.description) for each in spec.inputs["run"]}
    assert declared == {(each.name, each.value_type, each.description) for each in reading.spec.inputs["run"]}
