"""The public modules that come with OpenMo: their sources, and the code that trains what they ship with."""

import csv
import json
import runpy
import shutil
import tempfile
from pathlib import Path
from typing import Any

_SOURCES = Path(__file__).parent


def build_iris_classifier(folder: Path) -> None:
    """Writes the module `openmo/iris_classifier` 1.0.0, trained, into `folder`.

    Its weights are JSON, so that using them runs no code and needs no library.
    """
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    iris = load_iris()
    scaler = StandardScaler().fit(iris.data)
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(iris.data), iris.target)
    # Undo the scaling in the weights, so that the module needs no other figures than these.
    coefficients = model.coef_ / scaler.scale_
    intercepts = model.intercept_ - coefficients @ scaler.mean_
    weights = {
        "classes": [str(name) for name in iris.target_names],
        "coefficients": coefficients.round(6).tolist(),
        "intercepts": intercepts.round(6).tolist(),
    }
    _copy("iris_classifier", folder)
    (folder / "weights.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


def build_kmeans_cluster(folder: Path) -> None:
    """Writes the module `openmo/kmeans_cluster` 1.0.0 into `folder`, with the centres that it found among irises."""
    from sklearn.datasets import load_iris

    _copy("kmeans_cluster", folder)
    table = folder / "examples" / "iris.csv"
    table.parent.mkdir()
    with table.open("w", encoding="utf-8", newline="\n") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["sepal_length", "sepal_width", "petal_length", "petal_width"])
        writer.writerows(load_iris().data.tolist())
    module = _module("kmeans_cluster")
    module.train({"data_path": str(table), "clusters": 3, "model_save_path": str(folder / "centres.npz")})


def build_min_max_scaler(folder: Path) -> None:
    """Writes the module `openmo/min_max_scaler` 1.0.0 into `folder`."""
    _copy("min_max_scaler", folder)


def build_image_classifier(folder: Path) -> None:
    """Writes the module `openmo/image_classifier` 1.0.0 into `folder`, with the weights that it learned from digits."""
    _copy("image_classifier", folder)
    with tempfile.TemporaryDirectory() as temporary:
        pictures = Path(temporary)
        _draw_digits(pictures)
        _module("image_classifier").train(
            {
                "data_path": temporary,
                "epochs": 10,
                "image_size": 8,
                "model_save_path": str(pictures / "model.npz"),
                "weight_save_path": str(folder / "weights.npz"),
                "log_dir": "",
            }
        )
        for digit in ("0", "1"):
            (folder / "examples" / "digits" / digit).mkdir(parents=True)
            for path in sorted((pictures / digit).iterdir())[:10]:
                shutil.copyfile(path, folder / "examples" / "digits" / digit / path.name)
        shutil.copyfile(pictures / "7" / "0007.png", folder / "examples" / "seven.png")


def _draw_digits(folder: Path) -> None:
    """Each of scikit-learn's digits as a picture in the sub-folder of its class."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    for index, (image, digit) in enumerate(zip(pixels, digits.target.tolist(), strict=True)):
        picture = folder / str(digit) / f"{index:04d}.png"
        picture.parent.mkdir(exist_ok=True)
        Image.fromarray(image).save(picture)


def build_text_classifier(folder: Path) -> None:
    """Writes the module `openmo/text_classifier` 1.0.0 into `folder`, with what it learned from its corpus."""
    _copy("text_classifier", folder)
    module = _module("text_classifier")
    module.train({"model_save_path": str(folder / "model.npz")})


def build_curve_summary(folder: Path) -> None:
    """Writes the module `openmo/curve_summary` 1.0.0 into `folder`; it runs in an environment of its own."""
    _copy("curve_summary", folder)


def build_vector_similarity(folder: Path) -> None:
    """Writes the module `openmo/vector_similarity` 1.0.0 into `folder`; it runs in an environment of its own."""
    _copy("vector_similarity", folder)


def build_outlier_finder(folder: Path) -> None:
    """Writes the module `openmo/outlier_finder` 1.0.0 into `folder`; it runs in an environment of its own."""
    _copy("outlier_finder", folder)


def _copy(name: str, folder: Path) -> None:
    shutil.copytree(_SOURCES / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def _module(name: str) -> Any:
    """An instance of the module's class."""
    return runpy.run_path(str(_SOURCES / name / "main.py"))[name]()
