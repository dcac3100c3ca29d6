"""Names that are made of titles."""

import pytest
from support.platform import Platform


@pytest.mark.parametrize(
    ("title", "template", "name"),
    [
        ("鸢尾花", "blank", "yuan-wei-hua"),
        ("鸢尾花", "iris-app", "yuan-wei-hua"),
        ("🎉", "blank", "project"),
        ("🎉", "iris-app", "iris-app"),
        ("🎉", "train-digits", "train-digits"),
    ],
)
def test_a_title_without_latin_letters_takes_its_pinyin_or_the_name_of_its_template(
    platform: Platform, title: str, template: str, name: str
) -> None:
    platform.samples()
    actor = platform.actor("ada")
    made = [platform.projects.create(actor, title=title, template=template).name for _ in range(2)]
    assert made == [name, f"{name}-2"]
