"""Sample modules in the reader's language: OpenMo's own catalogue has what is said of them."""

from dataclasses import replace

from openmo.accounts.values import SAMPLES_OWNER
from openmo.languages.language import Language, translations
from openmo.modules.values import Module, ModulePage


def in_language(module: Module, language: Language) -> Module:
    """With title and description in that language; those of people are as they wrote them."""
    if module.owner != SAMPLES_OWNER:
        return module
    say = translations(language).gettext
    return replace(
        module,
        title=say(module.title) if module.title else "",
        description=say(module.description) if module.description else "",
    )


def page_in(page: ModulePage, language: Language) -> ModulePage:
    """The same of each module of a page."""
    return replace(page, items=tuple(in_language(each, language) for each in page.items))
