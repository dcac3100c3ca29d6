"""The public datasets that come with OpenMo, built from data in scikit-learn and in Debian packages.

No download, the same bytes each time.
"""

import csv
import gzip
import io
import shutil
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

_READMES = Path(__file__).parent
FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the zero of ZIP's clock: archives must not depend on when they are built
FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist has its files."""
_BRIGHTEST = 16  # the digits have 17 grey levels, 0 to 16


def build_iris(folder: Path) -> None:
    """Writes `iris.csv` (150 flowers: four measures in cm and the species) and a README.md into `folder`."""
    from sklearn.datasets import load_iris

    iris = load_iris()
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FEATURES, "species"])
    for measures, target in zip(iris.data.tolist(), iris.target.tolist(), strict=True):
        writer.writerow([*measures, iris.target_names[target]])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "iris.csv").write_text(text.getvalue(), encoding="utf-8", newline="\n")
    shutil.copyfile(_READMES / "iris" / "README.md", folder / "README.md")


def build_digits(folder: Path) -> None:
    """Writes 1,797 handwritten digits, 8x8 pixels, 0 (paper) to 255 (ink), and a README.md into `folder`.

    `digits.zip` holds a PNG per digit, `<class>/<index>.png`; `digits.npz` the same as arrays `x` (1797, 8, 8) uint8,
    `y` (class) and `index` (position, as in the file names), both int64.
    """
    import numpy as np
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.rint(digits.images * (255 / _BRIGHTEST)).astype(np.uint8)
    classes = digits.target.astype(np.int64)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "digits.zip", "w") as archive:
        for index, (image, digit) in enumerate(zip(pixels, classes.tolist(), strict=True)):
            _add(archive, f"{digit}/{index:04d}.png", _png(image.tobytes(), width=8, height=8))
    arrays = {"x": pixels, "y": classes, "index": np.arange(len(classes), dtype=np.int64)}
    _save_npz(folder / "digits.npz", arrays)
    shutil.copyfile(_READMES / "digits" / "README.md", folder / "README.md")


def build_fashion_mnist(folder: Path, source: Path = FASHION_MNIST) -> None:
    """Writes `mnist.npz`, as the original MNIST comes for Keras, with 70,000 pictures of clothing, and a README.md.

    Arrays: `x_train` (60000, 28, 28), `y_train`, `x_test` (10000, 28, 28), `y_test`, all uint8.
    """
    arrays = {
        f"{kind}_{name}": _read_idx(source / f"{prefix}-{files}.gz")
        for name, prefix in (("train", "train"), ("test", "t10k"))
        for kind, files in (("x", "images-idx3-ubyte"), ("y", "labels-idx1-ubyte"))
    }
    folder.mkdir(parents=True, exist_ok=True)
    _save_npz(folder / "mnist.npz", arrays)
    shutil.copyfile(_READMES / "fashion-mnist" / "README.md", folder / "README.md")


def _read_idx(path: Path) -> Any:
    """The array in a file of MNIST's own format: the number of axes, their lengths, then bytes."""
    import numpy as np

    with gzip.open(path) as file:
        (axes,) = struct.unpack(">xxxB", file.read(4))
        shape = struct.unpack(f">{axes}I", file.read(4 * axes))
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(shape)


def _save_npz(path: Path, arrays: dict[str, Any]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            _add(archive, f"{name}.npy", _npy(array))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
    entry.create_system = 3  # Unix, whatever this machine is
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, content)  # stored: PNG is compressed already, and compressors differ in their bytes


def _npy(array: Any) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def _png(pixels: bytes, *, width: int, height: int) -> bytes:
    """An 8-bit greyscale PNG. Written here so that its bytes depend on no imaging library."""
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # depth 8, greyscale
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
