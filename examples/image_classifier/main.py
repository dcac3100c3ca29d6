"""Learns to tell pictures apart, from a folder with one sub-folder per class: a small neural network in NumPy."""

import csv
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from threadpoolctl import threadpool_limits

ENDINGS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
LAYERS = ("hidden", "hidden_bias", "output", "output_bias")
HIDDEN = 64
"""Cells between the pixels and the classes."""
BATCH = 32
RATE = 0.002
HELD_OUT = 5
"""Of so many pictures of a class, one is kept out of the training and measures the accuracy."""
UNREADABLE = (AttributeError, BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError)
"""What reading a file raises that is no archive of arrays, or one of others."""

Arrays = dict[str, Any]


class image_classifier:
    """`train` learns the classes of a folder of pictures; `predict` tells the class of one picture."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is loaded before a method is called; every module's class takes conf."""

    def train(self, conf: dict[str, Any]) -> dict[str, Any]:
        """Trains a network, prints its metrics after every epoch, and saves it where the parameters say."""
        data_path = conf.get(
            "data_path", "./digits"
        )  # value_type: str # description: folder with one sub-folder per class
        epochs = int(conf.get("epochs", 5))  # value_type: int # value_range: 1-1000 # description: rounds of training
        image_size = int(
            conf.get("image_size", 16)
        )  # value_type: int # value_range: 8-64 # description: pixels per side
        model_save_path = conf.get(
            "model_save_path", "results/my_model.npz"
        )  # value_type: str # description: file for the whole model, from which training can go on
        weight_save_path = conf.get(
            "weight_save_path", "results/my_weights.npz"
        )  # value_type: str # description: file for the weights, which predict takes
        log_dir = conf.get("log_dir", "results")  # value_type: str # description: for training_log.csv; empty: none
        model_path = conf.get("model_path", "")  # value_type: str # description: model to go on from; empty: new

        if not 1 <= epochs <= 1000:
            raise ValueError(f"epochs must be from 1 to 1000, not {epochs}.")
        pictures = _Pictures(Path(data_path), image_size)
        training = _Training.go_on(Path(model_path), pictures) if model_path else _Training.new(pictures)
        with threadpool_limits(1):  # for products so small, threads wait for one another longer than they calculate
            history = [training.epoch(pictures) for _ in range(epochs)]
        _save(Path(weight_save_path), training.weights)
        _save(Path(model_save_path), training.weights | training.progress)
        last = history[-1]
        if log_dir:
            _write_log(Path(log_dir) / "training_log.csv", history)
        return {
            "accuracy": last["val_accuracy"],  # value_type: float # description: on pictures kept out of the training
            "loss": last["loss"],  # value_type: float # description: of the last epoch
            "classes": list(pictures.classes),  # value_type: [str] # description: the names of the sub-folders
            "weights": str(weight_save_path),  # value_type: str # description: the file that predict takes
        }

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The likeliest class of a picture, and how sure the network is of it."""
        image = conf["image"]  # value_type: img # description: a picture
        weight_path = conf.get(
            "weight_path", ""
        )  # value_type: str # description: file that train saved; empty: knows digits
        weights = _load(Path(weight_path) if weight_path else Path(__file__).with_name("weights.npz"))
        pixels = _pixels(image, int(weights["image_size"]))
        shares = _forward(weights, pixels[np.newaxis])[1][0]
        best = int(shares.argmax())
        return {
            "class": str(weights["classes"][best]),  # value_type: str # description: the name of the class
            "probability": round(
                float(shares[best]), 4
            ),  # value_type: float # description: how sure it is, from 0 to 1
        }


class _Pictures:
    """All pictures of a folder as rows of pixels, with the number of their class."""

    def __init__(self, folder: Path, side: int) -> None:
        if not 8 <= side <= 64:
            raise ValueError(f"image_size must be from 8 to 64, not {side}.")
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}: unpack the pictures first, or correct data_path.")
        files = _files_by_class(folder)
        rows: list[Any] = []
        classes: list[int] = []
        held_out: list[bool] = []
        broken: list[Path] = []
        for number, paths in enumerate(files.values()):
            for position, path in enumerate(paths, start=1):
                try:
                    rows.append(_pixels(path, side))
                except (OSError, UnidentifiedImageError):
                    broken.append(path)
                    continue
                classes.append(number)
                held_out.append(position % HELD_OUT == 0)
        if broken:
            print(f"Left out {len(broken)} files that cannot be read as pictures, such as {broken[0]}.")
        if not rows or all(held_out):
            raise ValueError(f"No file below {folder} can be read as a picture.")
        self.classes = tuple(files)
        self.side = side
        out = np.array(held_out)
        x, y = np.stack(rows), np.array(classes)
        self.x, self.y = x[~out], y[~out]
        self.unseen = (x[out], y[out]) if out.any() else (self.x, self.y)


def _files_by_class(folder: Path) -> dict[str, list[Path]]:
    """The pictures of each sub-folder that has some, by its name."""
    found = {
        each.name: sorted(path for path in each.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
        for each in sorted(folder.iterdir())
        if each.is_dir() and not each.name.startswith(".")
    }
    found = {name: paths for name, paths in found.items() if paths}
    if len(found) < 2:
        names = ", ".join(found) or "none"
        raise ValueError(f"{folder} needs two sub-folders with pictures or more, one per class; it has: {names}.")
    return found


def _pixels(picture: Any, side: int) -> Any:
    """The middle square of the picture in side x side pixels of three colours, each from -0.5 to 0.5."""
    with Image.open(picture) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.has_transparency_data:
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        square = ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.float32).reshape(-1) / 255 - 0.5


class _Training:
    """A network with Adam's averages of its gradients."""

    def __init__(self, weights: Arrays, progress: Arrays) -> None:
        self.weights = weights
        self.progress = progress

    @classmethod
    def new(cls, pictures: _Pictures) -> "_Training":
        inputs, classes = pictures.x.shape[1], len(pictures.classes)
        generator = np.random.default_rng(0)
        layers = {
            "hidden": generator.normal(0, np.sqrt(2 / inputs), (inputs, HIDDEN)),
            "hidden_bias": np.zeros(HIDDEN),
            "output": generator.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, classes)),
            "output_bias": np.zeros(classes),
        }
        weights = {name: layer.astype(np.float32) for name, layer in layers.items()}
        progress: Arrays = {"epochs": np.array(0), "steps": np.array(0)}
        for name, layer in weights.items():
            progress |= {f"mean_{name}": np.zeros_like(layer), f"square_{name}": np.zeros_like(layer)}
        named = {"classes": np.array(pictures.classes), "image_size": np.array(pictures.side)}
        return cls({**weights, **named}, progress)

    @classmethod
    def go_on(cls, path: Path, pictures: _Pictures) -> "_Training":
        saved = _load(path)
        if "epochs" not in saved:
            raise ValueError(f"{path} holds weights only: training goes on from the file that model_save_path names.")
        known = (tuple(map(str, saved["classes"])), int(saved["image_size"]))
        if known != (pictures.classes, pictures.side):
            raise ValueError(
                f"{path} was trained with image_size {known[1]} and the classes {', '.join(known[0])}: give it these."
            )
        names = (*LAYERS, "classes", "image_size")
        return cls(
            {name: saved[name] for name in names},
            {name: array for name, array in saved.items() if name not in names},
        )

    def epoch(self, pictures: _Pictures) -> dict[str, float]:
        """One round over all pictures in a random order; its metrics, which are printed, too."""
        number = int(self.progress["epochs"]) + 1
        order = np.random.default_rng(number).permutation(len(pictures.y))
        losses = [
            self._step(pictures.x[batch], pictures.y[batch])
            for batch in np.array_split(order, max(1, len(order) // BATCH))
        ]
        self.progress["epochs"] = np.array(number)
        metrics = {
            "loss": float(np.mean(losses)),
            "accuracy": _accuracy(self.weights, pictures.x, pictures.y),
            "val_accuracy": _accuracy(self.weights, *pictures.unseen),
        }
        metrics = {name: round(value, 5) for name, value in metrics.items()}
        for name, value in metrics.items():
            print(json.dumps({"metric": name, "value": value, "epoch": number}), flush=True)
        return {"epoch": number, **metrics}

    def _step(self, x: Any, y: Any) -> float:
        """Moves the weights a little against the gradient (Adam); the loss before that."""
        hidden, shares = _forward(self.weights, x)
        error = shares.copy()
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        back = (error @ self.weights["output"].T) * (hidden > 0)
        gradients = {
            "hidden": x.T @ back,
            "hidden_bias": back.sum(axis=0),
            "output": hidden.T @ error,
            "output_bias": error.sum(axis=0),
        }
        steps = int(self.progress["steps"]) + 1
        self.progress["steps"] = np.array(steps)
        for name, gradient in gradients.items():
            mean = self.progress[f"mean_{name}"] = 0.9 * self.progress[f"mean_{name}"] + 0.1 * gradient
            square = self.progress[f"square_{name}"] = 0.999 * self.progress[f"square_{name}"] + 0.001 * gradient**2
            root = np.sqrt(square / (1 - 0.999**steps)) + 1e-8
            self.weights[name] = (self.weights[name] - RATE * mean / (1 - 0.9**steps) / root).astype(np.float32)
        return float(-np.log(np.maximum(shares[np.arange(len(y)), y], 1e-12)).mean())


def _forward(weights: Arrays, x: Any) -> tuple[Any, Any]:
    """What the hidden cells say of each row of pixels, and the share of each class."""
    hidden = np.maximum(x @ weights["hidden"] + weights["hidden_bias"], 0)
    signals = hidden @ weights["output"] + weights["output_bias"]
    powers = np.exp(signals - signals.max(axis=1, keepdims=True))
    return hidden, powers / powers.sum(axis=1, keepdims=True)


def _accuracy(weights: Arrays, x: Any, y: Any) -> float:
    return float((_forward(weights, x)[1].argmax(axis=1) == y).mean())


def _save(path: Path, arrays: Arrays) -> None:
    """Plain arrays: whoever opens the file runs no code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # a file, since a path would get .npz behind whatever name it has
        np.savez(file, **arrays)


def _load(path: Path) -> Arrays:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}: train first, and name the file that was saved.")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in saved.files}
    except UNREADABLE as error:
        raise ValueError(f"{path} holds no weights that this module saved ({error}).") from error
    missing = [name for name in (*LAYERS, "classes", "image_size") if name not in arrays]
    if missing:
        raise ValueError(f"{path} holds no weights that this module saved: it lacks {', '.join(missing)}.")
    return arrays


def _write_log(path: Path, history: list[dict[str, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
