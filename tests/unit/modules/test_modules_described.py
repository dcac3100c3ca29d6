"""What is said of a module: changed by its owner, found by search, and of samples in both languages."""

import pytest
from support.platform import Platform

from openmo.core.catalogue import Category
from openmo.core.errors import Forbidden, InvalidInput
from openmo.languages.language import language_of
from openmo.modules.changes import VersionChangeService
from openmo.modules.describing import ModuleChange
from openmo.modules.languages import in_language
from openmo.modules.values import ModuleQuery


def names(platform: Platform, words: str) -> list[str]:
    return [each.name for each in platform.modules.search(platform.actor("bob"), ModuleQuery(search=words)).items]


@pytest.mark.both_databases
def test_an_owner_changes_what_is_said_and_others_find_it_by_that(platform: Platform) -> None:
    module = platform.module("ada", "scaler")
    ada = platform.actor("ada")
    wanted = ModuleChange(title="Bends space", category=Category.VIDEO, tags=("Wide", "wide"), callable=True)
    changed = platform.describing.change(ada, module, wanted)
    assert (changed.title, changed.category, changed.tags, changed.callable) == (
        "Bends space",
        Category.VIDEO,
        ("wide",),
        True,
    )
    assert changed.description == module.description
    assert names(platform, "bends") == ["scaler"]
    assert not platform.describing.change(ada, changed, ModuleChange(callable=False)).callable
    with pytest.raises(Forbidden):
        platform.describing.change(platform.actor("bob"), module, ModuleChange(title="Mine"))
    for wrong in (ModuleChange(title=" "), ModuleChange(title="a\nb" * 300), ModuleChange(tags=("no/tag",))):
        with pytest.raises(InvalidInput):
            platform.describing.change(ada, module, wrong)


@pytest.mark.both_databases
def test_samples_are_found_and_shown_in_both_languages(platform: Platform) -> None:
    module = platform.module("openmo", "iris_classifier")
    owner = platform.actor("openmo")
    module = platform.describing.change(owner, module, ModuleChange(title="Iris classifier"))
    assert names(platform, "iris classifier") == names(platform, "鸢尾花") == ["iris_classifier"]
    chinese, english = language_of("zh-CN"), language_of("en")
    assert chinese is not None
    assert english is not None
    assert in_language(module, chinese).title == "鸢尾花分类器"
    assert in_language(module, english).title == "Iris classifier"
    own = platform.module("ada", "own")
    assert in_language(own, chinese) == own


def test_a_version_tells_what_changed_since_the_one_before(platform: Platform) -> None:
    module = platform.module("ada", "scaler")
    changes = VersionChangeService(platform.modules, platform.store)
    ada = platform.actor("ada")
    assert changes.changes(ada, module, platform.modules.version(ada, module)) is None
