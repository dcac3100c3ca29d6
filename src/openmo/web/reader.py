"""In which language a request is answered."""

from typing import Annotated

from fastapi import Depends, Request

from openmo.languages.language import LANGUAGE_COOKIE, Language, choose_language, language_of
from openmo.web.embedding import embedding_of


def language_for(request: Request) -> Language:
    """The language of the answer to that request."""
    embedding = embedding_of(request)
    chosen = language_of(embedding.language) if embedding else None
    return chosen or choose_language(
        cookie=request.cookies.get(LANGUAGE_COOKIE), accept=request.headers.get("accept-language")
    )


Reads = Annotated[Language, Depends(language_for)]
