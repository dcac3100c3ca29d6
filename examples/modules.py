"""The public modules that come with OpenMo: their sources, and the code that trains what they ship with."""

import json
import shutil
from pathlib import Path

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
    shutil.copytree(
        _SOURCES / "iris_classifier", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "weights.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
