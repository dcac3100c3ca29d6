"""handler.py and app_spec.yml as text and as bytes."""

from openmo.core.errors import InvalidInput, TooLarge
from openmo.core.messages import message

SOURCE_LIMIT = 4 << 20


def text_of(data: bytes, name: str) -> str:
    """The file's text; raises InvalidInput."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            message("%(name)s is not UTF-8 text: save it as UTF-8.", name=name), field="files"
        ) from error


def bytes_of(text: str, name: str) -> bytes:
    """What to write into the file; raises InvalidInput, TooLarge."""
    if len(text) > SOURCE_LIMIT:
        raise TooLarge(message("%(name)s may have %(limit)s characters.", name=name, limit=f"{SOURCE_LIMIT:,}"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(message("%(name)s is not text that UTF-8 can write.", name=name), field="files") from error
