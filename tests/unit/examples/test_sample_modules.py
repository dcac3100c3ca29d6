"""The sample modules: what they declare, what they learn, what they refuse, and where they write."""

import csv
import json
import math
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openmo_sdk import Client
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_iris
from support.checked_modules import Checks

from examples import modules
from openmo.core.references import Reference
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.values import WarningCode
from openmo.modules.snippets.calls import write_call
from openmo.specs.files import dump_module_spec, load_module_spec
from openmo.specs.module import ModuleKind, read_module

BUILDERS: dict[str, Callable[[Path], None]] = {
    "image_classifier": modules.build_image_classifier,
    "iris_classifier": modules.build_iris_classifier,
    "kmeans_cluster": modules.build_kmeans_cluster,
    "min_max_scaler": modules.build_min_max_scaler,
    "text_classifier": modules.build_text_classifier,
}
IN_THEIR_OWN = {
    "curve_summary": modules.build_curve_summary,
    "outlier_finder": modules.build_outlier_finder,
    "vector_similarity": modules.build_vector_similarity,
}
"""Those that need other packages than the base's: tests/integration/test_pinned_modules.py runs them."""
SPECS_FROM_ANNOTATIONS = sorted({*BUILDERS, *IN_THEIR_OWN} - {"iris_classifier"})
"""The iris classifier's spec says more than its annotations: see test_examples_data.py."""
COLUMNS = ("sepal_length", "sepal_width", "petal_length", "petal_width")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that imports all of them, and has the pictures of 600 digits below digits/."""
    project = tmp_path_factory.mktemp("built")
    for name, build in BUILDERS.items():
        build(project / "modules" / "openmo" / name / "1.0.0")
    digits = load_digits()
    for index, (image, digit) in enumerate(zip(digits.images[:600], digits.target.tolist(), strict=False)):
        path = project / "digits" / str(digit) / f"{index:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 15).astype(np.uint8)).save(path)
    with (project / "iris.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "species"])
        writer.writerows([*row, "iris"] for row in load_iris().data.tolist())
    return project


@pytest.fixture
def client(built: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """In the project, whose modules nothing may change while the test runs."""
    monkeypatch.chdir(built)
    return Client()


def source(name: str) -> str:
    return (Path(modules.__file__).parent / name / "main.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SPECS_FROM_ANNOTATIONS)
def test_the_spec_is_what_the_annotations_say(name: str) -> None:
    reading = read_module(source(name))
    assert (reading.class_name, reading.kind, reading.warnings) == (name, ModuleKind.MODEL, ())
    written = (Path(modules.__file__).parent / name / "module_spec.yml").read_text(encoding="utf-8")
    extra = load_module_spec(written).extra  # examples, which no comment can say
    assert dump_module_spec(replace(reading.spec, extra=extra)) == written
    assert all(each.description for group in reading.spec.inputs.values() for each in group)


def test_the_iris_classifier_is_a_toolkit() -> None:
    assert read_module(source("iris_classifier")).kind is ModuleKind.TOOLKIT


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("iris_classifier", "run"),
        ("kmeans_cluster", "predict"),
        ("min_max_scaler", "predict"),
        ("text_classifier", "train"),
        ("text_classifier", "predict"),
    ],
)
def test_the_inserted_code_runs_as_it_stands(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, method: str
) -> None:
    (tmp_path / "modules").symlink_to(built / "modules")
    monkeypatch.chdir(tmp_path)
    spec = load_module_spec((built / "modules" / "openmo" / name / "1.0.0" / "module_spec.yml").read_text("utf-8"))
    cell = write_call(Reference("openmo", name, "1.0.0"), method, spec.inputs[method], {}).cell
    names: dict[str, Any] = {method: getattr(Client(), method)}
    exec(compile(cell, "cell", "exec"), names)
    outputs = {each.name for each in spec.outputs[method]}
    assert names["result"] == [0] if name == "iris_classifier" else set(names["result"]) == outputs


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_the_check_before_publishing_finds_nothing_to_mend(built: Path, tmp_path: Path, name: str) -> None:
    candidate = Candidate(owner="openmo", name=name, folder=built / "modules" / "openmo" / name / "1.0.0")
    report = Checks(tmp_path).report(candidate)
    assert report.problems == ()
    # Whoever imports one may have other packages: a version that is pinned would be in the way.
    assert {warning.code for warning in report.warnings} <= {WarningCode.REQUIREMENT_UNPINNED}


@pytest.mark.parametrize("name", sorted({*BUILDERS, *IN_THEIR_OWN}))
def test_every_readme_speaks_both_languages(name: str) -> None:
    readme = (Path(modules.__file__).parent / name / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^# (\w.*)", readme, re.MULTILINE)
    assert len(headings) == 2
    assert headings[0].isascii()
    assert not headings[1].isascii()


def test_every_build_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    for name, build in BUILDERS.items():
        build(tmp_path / name)
        there = built / "modules" / "openmo" / name / "1.0.0"
        assert contents(tmp_path / name) == contents(there)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def points(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def test_pictures_are_learned_in_two_epochs(client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conf = {
        "data_path": "./digits",
        "epochs": 2,
        "model_save_path": str(tmp_path / "saved" / "my_model.h5"),
        "weight_save_path": str(tmp_path / "my_weight.h5"),
        "log_dir": str(tmp_path / "logs"),
    }
    before = stamps(Path("modules"))
    result = client.train("openmo/image_classifier/1.0.0", conf)
    printed = points(capsys.readouterr().out)
    for metric in ("loss", "accuracy", "val_accuracy"):
        assert [point["epoch"] for point in printed if point["metric"] == metric] == [1, 2]
    assert result["classes"] == [str(digit) for digit in range(10)]
    assert result["accuracy"] > 0.7
    for digit in range(10):
        unseen = sorted(Path("digits", str(digit)).iterdir())[4::5]
        answers = [
            client.predict("openmo/image_classifier", {"image": str(path), "weight_path": conf["weight_save_path"]})
            for path in unseen
        ]
        assert sum(answer["class"] == str(digit) for answer in answers) > len(answers) / 2
        assert all(0 < answer["probability"] <= 1 for answer in answers)
    assert stamps(Path("modules")) == before, "nothing is written into a module's folder"
    assert not Path("results").exists(), "nothing is written but where the parameters say"
    with (tmp_path / "logs" / "training_log.csv").open(encoding="utf-8") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2"]


def stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_training_goes_on_as_if_it_had_not_stopped(client: Client, tmp_path: Path) -> None:
    common = {"data_path": "digits", "image_size": 8, "log_dir": "", "weight_save_path": str(tmp_path / "w.npz")}
    train = client.module("openmo/image_classifier").train
    once = train({**common, "epochs": 3, "model_save_path": str(tmp_path / "once.npz")})
    train({**common, "epochs": 1, "model_save_path": str(tmp_path / "part.npz")})
    part = str(tmp_path / "part.npz")
    assert train({**common, "epochs": 2, "model_path": part, "model_save_path": part}) == once
    with np.load(tmp_path / "once.npz") as whole, np.load(part) as continued:
        assert all((whole[name] == continued[name]).all() for name in whole.files)
    with pytest.raises(ValueError, match="weights only"):
        train({**common, "model_path": str(tmp_path / "w.npz")})
    with pytest.raises(ValueError, match="image_size 8"):
        train({**common, "image_size": 9, "model_path": part})


def test_its_own_weights_know_digits(client: Client) -> None:
    digits = load_digits()
    right = 0
    unseen = [path for digit in range(10) for path in sorted(Path("digits", str(digit)).iterdir())[4::5]]
    for path in unseen:
        answer = client.predict("openmo/image_classifier", {"image": str(path)})
        right += answer["class"] == str(digits.target[int(path.stem)])
    assert right / len(unseen) > 0.95


def test_pictures_that_are_none_and_folders_that_teach_nothing_are_said(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = client.module("openmo/image_classifier").train
    conf = {"data_path": str(tmp_path / "data"), "epochs": 1, "log_dir": str(tmp_path)}
    conf |= {"model_save_path": str(tmp_path / "m.npz"), "weight_save_path": str(tmp_path / "w.npz")}
    with pytest.raises(FileNotFoundError, match="unpack the pictures first"):
        train(conf)
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        (tmp_path / "data" / name).mkdir(parents=True)
        if name == "red":
            with pytest.raises(ValueError, match="two sub-folders"):
                train(conf)
        for number in range(3):
            Image.new("RGB", (20, 30), colour).save(tmp_path / "data" / name / f"{number}.jpg")
    (tmp_path / "data" / "red" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "data" / "red" / "notes.txt").write_text("no picture")
    assert train(conf)["classes"] == ["blue", "red"]
    assert "Left out 1 files" in capsys.readouterr().out
    with pytest.raises(ValueError, match="epochs"):
        train({**conf, "epochs": 0})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no arrays", b"\x80\x04N."])
@pytest.mark.parametrize(
    ("name", "conf"),
    [
        ("image_classifier", {"image": "digits/0/0000.png"}),
        ("kmeans_cluster", {"point": [1, 2, 3, 4]}),
        ("text_classifier", {"text": "a goal"}),
    ],
)
def test_a_file_that_is_no_model_is_said(
    client: Client, tmp_path: Path, name: str, conf: dict[str, Any], content: bytes
) -> None:
    key = "weight_path" if name == "image_classifier" else "model_path"
    path = tmp_path / "model"
    with pytest.raises(FileNotFoundError, match="train first"):
        client.predict(f"openmo/{name}", {**conf, key: str(path)})
    path.write_bytes(content)
    with pytest.raises(ValueError, match="that this module saved"):
        client.predict(f"openmo/{name}", {**conf, key: str(path)})


@pytest.mark.parametrize("name", ["image_classifier", "kmeans_cluster", "text_classifier"])
def test_a_pickle_is_never_loaded(client: Client, tmp_path: Path, name: str) -> None:
    key = "weight_path" if name == "image_classifier" else "model_path"
    names = ["hidden", "hidden_bias", "output", "output_bias", "classes", "image_size", "centres", "scale", "columns"]
    names += ["labels", "parts", "likelihoods", "priors"]
    arrays: dict[str, Any] = {each: np.array([Evil(tmp_path)], dtype=object) for each in names}
    np.savez(tmp_path / "evil.npz", **arrays)
    with pytest.raises(ValueError, match="that this module saved"):
        client.predict(
            f"openmo/{name}", {"image": "digits/0/0000.png", "text": "a goal", key: str(tmp_path / "evil.npz")}
        )
    assert not (tmp_path / "done").exists()


class Evil:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder / "done"),)


def test_the_groups_are_those_of_scikit_learn(client: Client, tmp_path: Path) -> None:
    saved = str(tmp_path / "centres.npz")
    result = client.train("openmo/kmeans_cluster", {"data_path": "iris.csv", "clusters": 3, "model_save_path": saved})
    assert result["columns"] == list(COLUMNS)
    rows = load_iris().data
    best = KMeans(3, n_init=10, random_state=0).fit(rows / rows.std(axis=0))
    assert result["inertia"] < best.inertia_ * 1.02
    assert sorted(result["sizes"]) == pytest.approx(sorted(np.bincount(best.labels_).tolist()), abs=5)
    groups = [client.predict("openmo/kmeans_cluster", {"point": row, "model_path": saved}) for row in rows.tolist()]
    assert np.bincount([group["cluster"] for group in groups]).tolist() == result["sizes"]
    assert client.predict("openmo/kmeans_cluster", {"model_path": saved}) == client.predict("openmo/kmeans_cluster")


def test_a_table_without_groups_is_said(client: Client, tmp_path: Path) -> None:
    train = client.module("openmo/kmeans_cluster").train
    table = tmp_path / "table.csv"
    conf: dict[str, Any] = {"data_path": str(table), "model_save_path": str(tmp_path / "c.npz")}
    with pytest.raises(FileNotFoundError, match="correct data_path"):
        train(conf)
    for text, words in (
        ("a,b\n", "no rows"),
        ("a,b\nx,y\n", "no column of numbers"),
        ("a,b\n1,x\n1,y\n", "fewer than 3 different rows"),
    ):
        table.write_text(text)
        with pytest.raises(ValueError, match=words):
            train(conf)
    table.write_text("a,b\n1,x\n2,y\n3,nan\n,z\n")
    assert train(conf)["sizes"] == [1, 1, 1]
    for columns, words in (("c", "no column c"), ("a,b", "where a number is needed")):
        with pytest.raises(ValueError, match=words):
            train({**conf, "columns": columns})
    with pytest.raises(ValueError, match="4 finite numbers"):
        client.predict("openmo/kmeans_cluster", {"point": [1, 2, math.nan, 4]})


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=30))
def test_scaled_numbers_lie_within_the_range_in_the_same_order(data: list[float]) -> None:
    predict = modules._module("min_max_scaler").predict
    scaled = predict({"data": data, "minimum": -2, "maximum": 3})["scaled"]
    assert all(-2 - 1e-9 <= each <= 3 + 1e-9 for each in scaled)
    assert scaled[data.index(min(data))] == -2
    if max(data) > min(data):
        assert scaled[data.index(max(data))] == pytest.approx(3)
    order = np.argsort(data, kind="stable")
    assert all(a <= b for a, b in zip(np.array(scaled)[order], np.array(scaled)[order][1:], strict=False))


def test_the_scaler_refuses_what_has_no_range(client: Client) -> None:
    refused: list[dict[str, Any]] = [{"data": []}, {"data": [1, math.inf]}, {"data": [1], "minimum": 2, "maximum": 1}]
    for conf in refused:
        with pytest.raises(ValueError, match=r"data needs|must not be above"):
            client.predict("openmo/min_max_scaler", conf)


@pytest.mark.parametrize(
    ("text", "label", "language"),
    [
        ("The striker scored the winning goal", "sport", "en"),
        ("How long should I cook the noodles?", "food", "en"),
        ("Where is the hotel near the airport?", "travel", "en"),
        ("My computer lost the network connection", "technology", "en"),
        ("球队在决赛中赢得了冠军", "sport", "zh"),
        ("这家餐馆的面条很好吃", "food", "zh"),
        ("我们坐飞机去海边度假", "travel", "zh"),
        ("程序员用 Python 写软件", "technology", "zh"),
        ("Ωμέγα", "unknown", "other"),
        ("", "unknown", "other"),
    ],
)
def test_texts_have_a_topic_and_a_language(client: Client, text: str, label: str, language: str) -> None:
    answer = client.predict("openmo/text_classifier", {"text": text})
    assert (answer["label"], answer["language"]) == (label, language)
    assert 0 <= answer["probability"] <= 1


def test_the_readme_tells_the_accuracy_that_training_measures(client: Client, tmp_path: Path) -> None:
    folder = Path("modules/openmo/text_classifier/1.0.0")
    result = client.train("openmo/text_classifier", {"model_save_path": str(tmp_path / "m.npz")})
    assert result == {"accuracy": 39 / 40, "labels": ["food", "sport", "technology", "travel"], "texts": 200}
    assert "39 of these 40" in (folder / "README.md").read_text(encoding="utf-8")


def test_labels_of_ones_own_are_learned(client: Client, tmp_path: Path) -> None:
    table, saved = tmp_path / "reviews.csv", str(tmp_path / "reviews.npz")
    conf = {"data_path": str(table), "model_save_path": saved}
    with pytest.raises(FileNotFoundError, match="correct data_path"):
        client.train("openmo/text_classifier", conf)
    for text, words in (("text\ngood\n", "column label"), ("text,label\ngood,a\n12,b\n", "two labels")):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=words):
            client.train("openmo/text_classifier", conf)
    table.write_text("﻿text,label\n很好,好评\nvery good,好评\n太差,差评\nawful,差评\n", encoding="utf-8")
    assert client.train("openmo/text_classifier", conf)["labels"] == ["好评", "差评"]
    assert client.predict("openmo/text_classifier", {"text": "差", "model_path": saved})["label"] == "差评"
