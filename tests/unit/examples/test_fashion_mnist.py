"""The dataset openmo/fashion-mnist: the pictures of Debian's package, in the form of Keras's mnist.npz."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from examples.datasets import FASHION_MNIST, build_fashion_mnist

SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}


def idx(array: np.ndarray) -> bytes:
    """The array as a file of MNIST's own format."""
    head = struct.pack(f">xxBB{array.ndim}I", 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


def test_arrays_are_those_of_the_files(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    y = np.arange(5, dtype=np.uint8)
    for prefix, count in (("train", 5), ("t10k", 2)):
        (tmp_path / f"{prefix}-images-idx3-ubyte.gz").write_bytes(idx(x[:count]))
        (tmp_path / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(idx(y[:count]))
    for name in ("one", "two"):
        build_fashion_mnist(tmp_path / name, tmp_path)
    assert (tmp_path / "one" / "mnist.npz").read_bytes() == (tmp_path / "two" / "mnist.npz").read_bytes()
    with np.load(tmp_path / "one" / "mnist.npz") as data:
        assert (data["x_train"] == x).all()
        assert (data["y_train"] == y).all()
        assert (data["x_test"] == x[:2]).all()
        assert (data["y_test"] == y[:2]).all()


@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_the_package_has_every_picture(tmp_path: Path) -> None:
    build_fashion_mnist(tmp_path)
    with np.load(tmp_path / "mnist.npz") as data:
        assert {name: data[name].shape for name in data} == SHAPES
        assert all(data[name].dtype == np.uint8 for name in data)
        assert np.bincount(data["y_train"]).tolist() == [6000] * 10
        assert np.bincount(data["y_test"]).tolist() == [1000] * 10
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert all(words in readme for words in ("Source:", "Licence: MIT", "来源：", "许可：MIT"))
