"""What the pages' scripts say. A test holds this list equal to the `t("...")` of web-assets/src."""


def _(text: str) -> str:
    """Marks the text for the catalogue; it is translated when a page is rendered."""
    return text


SCRIPT_TEXTS = (
    _("Cancel"),
    _("Close"),
)
