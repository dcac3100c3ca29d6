"""Sample content: built once, in a process of its own, and left out where its data is missing."""

from pathlib import Path

import pytest
from support.platform import Platform

from openmo.core.catalogue import Category
from openmo.installation.samples import MODULES, SampleContent, SamplesFailed

_BUILDERS = {
    "datasets.py": "def build(folder):\n    (folder / 'data.csv').write_text('a\\n1\\n')\n"
    "build_iris = build_digits = build_fashion_mnist = build\n",
    "modules.py": "def build(folder):\n"
    "    (folder / 'main.py').write_text('class echo:\\n    def run(self, conf={}):\\n        return conf\\n')\n"
    "    (folder / 'module_spec.yml').write_text('input:\\n  run:\\n    a:\\n      value_type: int\\n')\n"
    "build_iris_classifier = build_image_classifier = build_kmeans_cluster = build\n"
    "build_min_max_scaler = build_text_classifier = build\n"
    "build_curve_summary = build_vector_similarity = build_outlier_finder = build\n",
}


def _samples(platform: Platform, examples: Path, told: list[str]) -> SampleContent:
    return SampleContent(
        accounts=platform.accounts,
        datasets=platform.datasets,
        modules=platform.modules,
        describing=platform.describing,
        environments=platform.environments,
        examples=examples,
        temporary=platform.folder.run,
        tell=told.append,
    )


def test_missing_content_is_built_once(platform: Platform, tmp_path: Path) -> None:
    for name, text in _BUILDERS.items():
        (tmp_path / name).write_text(text)
    told: list[str] = []
    samples = _samples(platform, tmp_path, told)
    samples.ensure()
    reader = platform.actor("ada")
    assert platform.datasets.get(reader, "openmo", "iris").title == "Iris"
    for sample in MODULES:
        module = platform.modules.get(reader, "openmo", sample.name)
        assert (module.version, module.category, module.tags) == ("1.0.0", sample.category, sample.tags)
        assert module.callable
    told.clear()
    samples.ensure()
    assert told == []
    assert not any(path.is_dir() for path in platform.folder.run.iterdir()), "what it was built in is gone"


def test_a_builder_that_fails_is_named_with_what_it_said(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "datasets.py").write_text("def build_iris(folder):\n    raise OSError('no room')\n")
    with pytest.raises(SamplesFailed, match="iris: OSError: no room"):
        _samples(platform, tmp_path, []).ensure()


def test_a_builder_behind_others_that_fails_is_named(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "datasets.py").write_text(_BUILDERS["datasets.py"])
    (tmp_path / "modules.py").write_text(_BUILDERS["modules.py"] + "def build_kmeans_cluster(folder):\n    1 / 0\n")
    with pytest.raises(SamplesFailed, match="kmeans_cluster: ZeroDivisionError"):
        _samples(platform, tmp_path, []).ensure()
    (tmp_path / "modules.py").write_text(_BUILDERS["modules.py"])
    _samples(platform, tmp_path, []).ensure()
    assert platform.modules.get(platform.actor("ada"), "openmo", "kmeans_cluster").version == "1.0.0"


def test_what_a_later_version_brings_is_added_beside_what_is_there(platform: Platform, tmp_path: Path) -> None:
    platform.module("openmo", "iris_classifier", "1.0.0")
    for name, text in _BUILDERS.items():
        (tmp_path / name).write_text(text)
    told: list[str] = []
    _samples(platform, tmp_path, told).ensure()
    assert "Building the module openmo/text_classifier ..." in told
    assert not any("iris_classifier" in line for line in told)


def test_samples_of_an_earlier_version_are_described_as_this_one_does(platform: Platform, tmp_path: Path) -> None:
    module = platform.module("openmo", "iris_classifier", "1.0.0")
    assert (module.category, module.tags, module.callable) == (Category.OTHER, (), False)
    for name, text in _BUILDERS.items():
        (tmp_path / name).write_text(text)
    _samples(platform, tmp_path, []).ensure()
    found = platform.modules.get(platform.actor("ada"), "openmo", "iris_classifier")
    assert (found.category, found.tags, found.callable) == (Category.TABULAR, ("iris", "classification"), True)
    assert found.updated_at == module.updated_at
