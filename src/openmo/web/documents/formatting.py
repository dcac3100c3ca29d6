"""From a document to HTML; pure, and slow for some texts: the child process calls it."""

from openmo.web.documents.markdown import render_markdown
from openmo.web.documents.notebook import notebook_cells
from openmo.web.documents.source import highlight, numbered
from openmo.web.documents.values import Document, Formatted


def formatted(document: Document) -> Formatted:
    """The document as its form wants it; `plain` leaves out what can take long."""
    text, plain = document.text, document.plain
    match document.form:
        case "markdown":
            return Formatted(html=render_markdown(text, plain=plain), plain=plain)
        case "notebook":
            return Formatted(cells=notebook_cells(text, plain=plain), plain=plain)
        case "source" if document.numbered:
            return Formatted(html=numbered(text, filename="" if plain else document.name), plain=plain)
        case "source":
            return Formatted(html=highlight(text, filename="" if plain else document.name), plain=plain)
