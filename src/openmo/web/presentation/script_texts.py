"""What the pages' scripts say. A test holds this list equal to the `t("...")` of web-assets/src."""


def _(text: str) -> str:
    """Marks the text for the catalogue; it is translated when a page is rendered."""
    return text


SCRIPT_TEXTS = (
    _("CPUs in use"),
    _("Camera"),
    _("Cancel"),
    _("Close"),
    _("Copied"),
    _("Download"),
    _("Epoch"),
    _("Example {number}"),
    _("GPU memory (GiB)"),
    _("GPUs in use"),
    _("Memory (GiB)"),
    _("No"),
    _("Result"),
    _("Step"),
    _("Take photo"),
    _("The app cannot be reached. Is the server running?"),
    _("The app returned nothing."),
    _("The camera cannot be opened."),
    _("The first {shown} of {total} rows"),
    _("The result appears here."),
    _("This input is required."),
    _("This must be a number."),
    _("Time"),
    _("Traceback"),
    _("Yes"),
    _("{name} failed"),
    _("{name} succeeded"),
    _("{name} was terminated"),
    _("{total} points, drawn as {shown}"),
)
