"""Names that are made of titles."""

import pytest
from support.platform import Platform


@pytest.mark.parametrize(
    ("template", "name"), [("blank", "project"), ("iris-app", "iris-app"), ("train-digits", "train-digits")]
)
def test_a_title_without_latin_letters_takes_the_name_of_its_template(
    platform: Platform, template: str, name: str
) -> None:
    platform.samples()
    actor = platform.actor("ada")
    made = [platform.projects.create(actor, title="鸢尾花", template=template).name for _ in range(2)]
    assert made == [name, f"{name}-2"]
