"""What can be wrong with a notebook."""

from openmo.core.errors import OpenMoError
from openmo.core.messages import message


class NotebookError(OpenMoError):
    """The file is not a notebook that can be read; the message says why and what to do."""

    code = "invalid_notebook"
    status = 422
    title = message("The notebook cannot be read")
    remedy = "Save the notebook again, or choose another file."
