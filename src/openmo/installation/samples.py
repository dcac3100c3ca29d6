"""Sample content: public datasets and modules, owned by the account `openmo`.

Built from data that scikit-learn and Debian ship.

The building code needs scikit-learn, so it runs in the base environment, in a child process.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from openmo.accounts.service import AccountService
from openmo.accounts.values import SAMPLES_OWNER, Account, Actor
from openmo.core.catalogue import Category
from openmo.core.errors import NotFound, OpenMoError
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.datasets.service import DatasetService
from openmo.environments.service import EnvironmentService
from openmo.modules.describing import DescribingService
from openmo.modules.service import ModuleService


class SamplesFailed(OpenMoError):
    """The sample content could not be built."""

    code = "samples_failed"
    title = "Could not build the sample content"
    remedy = "Correct what the message names, or start with `--no-samples`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One piece of sample content and the function in `examples/` that builds it."""

    name: str
    title: str
    description: str
    builder: str
    """`module:function`, called with a folder."""
    source: Path | None = None
    """Files of another package that it is built from: without them it is left out."""
    package: str = ""
    """The Debian package that brings `source`."""
    category: Category = Category.OTHER
    tags: tuple[str, ...] = ()
    licence: str = ""
    """Of a dataset."""


DATASETS = (
    Sample(
        name="iris",
        title=message("Iris"),
        description=message("150 iris flowers of three species: lengths and widths of sepals and petals, as CSV."),
        builder="datasets:build_iris",
        category=Category.TABULAR,
        tags=("classification", "flowers", "csv"),
        licence="CC-BY-4.0",
    ),
    Sample(
        name="digits",
        title=message("Handwritten digits"),
        description=message(
            "1,797 handwritten digits of 8×8 pixels: PNG images, one folder per class, and the same as arrays."
        ),
        builder="datasets:build_digits",
        category=Category.IMAGE,
        tags=("classification", "handwriting", "npz"),
        licence="CC-BY-4.0",
    ),
    Sample(
        name="fashion-mnist",
        title=message("Fashion-MNIST"),
        description=message(
            "70,000 pictures of clothing, 28×28 pixels, ten classes: arrays in the form of Keras's mnist.npz."
        ),
        builder="datasets:build_fashion_mnist",
        category=Category.IMAGE,
        tags=("classification", "clothing", "npz"),
        licence="MIT",
        source=Path("/usr/share/datasets/fashion-mnist"),
        package="dataset-fashion-mnist",
    ),
)
MODULES = (
    Sample(
        name="iris_classifier",
        title=message("Iris classifier"),
        description=message("A trained classifier of iris flowers: give it four measures, get the class."),
        builder="modules:build_iris_classifier",
        category=Category.TABULAR,
        tags=("iris", "classification"),
    ),
    Sample(
        name="image_classifier",
        title=message("Image classifier"),
        description=message(
            "Trains on a folder of pictures, one sub-folder per class, and tells the class of a picture."
        ),
        builder="modules:build_image_classifier",
        category=Category.IMAGE,
        tags=("classification", "training", "digits"),
    ),
    Sample(
        name="kmeans_cluster",
        title=message("K-means clustering"),
        description=message("Finds groups among the rows of a table, and tells to which one a point belongs."),
        builder="modules:build_kmeans_cluster",
        category=Category.TABULAR,
        tags=("clustering", "training", "iris"),
    ),
    Sample(
        name="min_max_scaler",
        title=message("Min-max scaler"),
        description=message("Brings numbers into a range, from 0 to 1 or as you say."),
        builder="modules:build_min_max_scaler",
        category=Category.TABULAR,
        tags=("scaling", "preprocessing"),
    ),
    Sample(
        name="text_classifier",
        title=message("Text classifier"),
        description=message(
            "Tells the topic and the language of a Chinese or English text; learns labels of your own."
        ),
        builder="modules:build_text_classifier",
        category=Category.TEXT,
        tags=("classification", "training", "chinese", "english"),
    ),
    Sample(
        name="curve_summary",
        title=message("Curve summary"),
        description=message("The area below a measured curve and its peaks, computed by NumPy 1.26 of its own."),
        builder="modules:build_curve_summary",
        category=Category.TABULAR,
        tags=("curve", "own-environment"),
    ),
    Sample(
        name="vector_similarity",
        title=message("Vector similarity"),
        description=message("The angle between two vectors and their distance, computed by NumPy 2.3 of its own."),
        builder="modules:build_vector_similarity",
        category=Category.TABULAR,
        tags=("similarity", "own-environment"),
    ),
    Sample(
        name="outlier_finder",
        title=message("Outlier finder"),
        description=message("Finds the numbers that do not belong to the others, by scikit-learn 1.5 of its own."),
        builder="modules:build_outlier_finder",
        category=Category.TABULAR,
        tags=("outliers", "own-environment"),
    ),
)


_BUILD = """
import importlib, pathlib, sys
examples, folder, *builders = sys.argv[1:]
sys.path.insert(0, examples)
for builder in builders:
    name, module, function = builder.split(":")
    target = pathlib.Path(folder, name)
    target.mkdir()
    getattr(importlib.import_module(module), function)(target)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleContent:
    """The sample content of one installation."""

    accounts: AccountService
    datasets: DatasetService
    modules: ModuleService
    describing: DescribingService
    environments: EnvironmentService
    examples: Path
    """The code that builds it."""
    temporary: Path
    """Where it is built, before it is added."""
    tell: Callable[[str], None]

    def ensure(self) -> None:
        """What is missing is built, but for what this machine lacks the data of; raises SamplesFailed."""
        owner = self.accounts.ensure_samples_owner()
        actor = Actor(account=owner)
        datasets = self._with_source([sample for sample in DATASETS if _missing(self.datasets.get, actor, sample)])
        modules = [sample for sample in MODULES if _missing(self.modules.get, actor, sample)]
        for sample in MODULES:
            if sample not in modules:
                self._keep_described(actor, sample)
        if not (datasets or modules):
            return
        for noun, samples in (("dataset", datasets), ("module", modules)):
            for sample in samples:
                self.tell(f"Building the {noun} {SAMPLES_OWNER}/{sample.name} ...")
        with self._built([*datasets, *modules]) as folder:
            for sample in datasets:
                self._add_dataset(owner, sample, folder / sample.name)
            for sample in modules:
                self._add_module(owner, sample, folder / sample.name)

    def _with_source(self, missing: list[Sample]) -> list[Sample]:
        """Those whose data is on this machine; of others it is said how to get it."""
        found = [sample for sample in missing if sample.source is None or sample.source.is_dir()]
        if len(missing) > 1:  # said when the sample content is built, not at every start after that
            for sample in missing:
                if sample not in found:
                    name = f"{SAMPLES_OWNER}/{sample.name}"
                    self.tell(f"Without {name}: install {sample.package} and start again to have it.")
        return found

    def _add_dataset(self, owner: Account, sample: Sample, folder: Path) -> None:
        self.datasets.create(
            owner,
            name=sample.name,
            title=str(sample.title),
            description=str(sample.description),
            visibility=Visibility.PUBLIC,
            source=folder,
            category=sample.category,
            tags=sample.tags,
            licence=sample.licence,
        )

    def _add_module(self, owner: Account, sample: Sample, folder: Path) -> None:
        self.modules.create(
            owner,
            name=sample.name,
            version="1.0.0",
            title=str(sample.title),
            description=str(sample.description),
            visibility=Visibility.PUBLIC,
            source=folder,
            category=sample.category,
            tags=sample.tags,
        )
        self._keep_described(Actor(account=owner), sample)

    def _keep_described(self, actor: Actor, sample: Sample) -> None:
        """What is said of it is what this version of OpenMo says, also where an earlier one has made it."""
        module = self.modules.get(actor, SAMPLES_OWNER, sample.name)
        self.describing.keep(
            replace(
                module,
                title=str(sample.title),
                description=str(sample.description),
                category=sample.category,
                tags=sample.tags,
                callable=True,
            )
        )

    @contextmanager
    def _built(self, samples: list[Sample]) -> Iterator[Path]:
        """A folder with one of each sample's name and its files in it, for as long as the block runs.

        One process builds them all: to import scikit-learn takes longer than to build any of them.
        """
        with tempfile.TemporaryDirectory(dir=self.temporary) as temporary:
            folder = Path(temporary)
            builders = [f"{sample.name}:{sample.builder}" for sample in samples]
            python = str(self.environments.current().python)
            result = subprocess.run(
                [python, "-I", "-B", "-c", _BUILD, str(self.examples), temporary, *builders],
                capture_output=True,
                text=True,
                check=False,
            )
            if result.returncode != 0:
                lines = result.stderr.strip().splitlines() or ["no message"]
                begun = [sample.name for sample in samples if (folder / sample.name).is_dir()]
                raise SamplesFailed(
                    message(
                        "%(name)s: %(line)s (start with --no-samples to go on without).",
                        name=(begun or [samples[0].name])[-1],
                        line=lines[-1],
                    )
                )
            yield folder


def _missing(get: Callable[[Actor, str, str], object], actor: Actor, sample: Sample) -> bool:
    try:
        get(actor, SAMPLES_OWNER, sample.name)
    except NotFound:
        return True
    return False
