"""What pages show of users' documents: formatted once, whatever it costs, and told apart by all that matters."""

import threading

from openmo.web.documents.formatting import formatted
from openmo.web.documents.renderer import DocumentRenderer
from openmo.web.documents.values import Document, Formatted


class Counting:
    """Formats, and remembers what it was asked for; `refuses` says what takes too long."""

    def __init__(self, *, refuses: tuple[bool, ...] = ()) -> None:
        self.requests: list[Document] = []
        self.refuses = refuses

    def format(self, document: Document) -> Formatted | None:
        self.requests.append(document)
        return None if document.plain in self.refuses else formatted(document)


def test_a_document_is_formatted_once() -> None:
    formatter = Counting()
    renderer = DocumentRenderer(formatter)
    assert "<h1>Hi</h1>" in renderer.markdown("# Hi").html
    assert renderer.markdown("# Hi") == renderer.markdown("# Hi")
    assert len(formatter.requests) == 1


def test_one_text_in_several_forms_is_several_documents() -> None:
    renderer = DocumentRenderer(Counting())
    text = '{"cells": []}'
    found = [
        renderer.markdown(text),
        renderer.notebook(text),
        renderer.source(text, name="a.py"),
        renderer.source(text, name="a.json"),
        renderer.source(text, name="a.py", numbered=True),
    ]
    assert len({(one.html, one.cells) for one in found}) == len(found)


def test_what_takes_too_long_is_shown_plainly_and_not_tried_again() -> None:
    formatter = Counting(refuses=(False,))
    renderer = DocumentRenderer(formatter)
    shown = renderer.markdown("# Hi <b>you</b>")
    assert shown.plain
    assert "<h1>" in shown.html
    assert renderer.markdown("# Hi <b>you</b>") is shown
    assert [document.plain for document in formatter.requests] == [False, True]


def test_what_cannot_be_formatted_at_all_is_shown_as_it_is() -> None:
    shown = DocumentRenderer(Counting(refuses=(False, True))).markdown("# <script>alert(1)</script>")
    assert shown == Formatted(html='<pre class="hl"># &lt;script&gt;alert(1)&lt;/script&gt;</pre>', plain=True)


def test_only_so_much_is_remembered() -> None:
    formatter = Counting()
    renderer = DocumentRenderer(formatter, cache_bytes=300)
    for number in range(20):
        renderer.markdown(f"{number:03} " + "x" * 50)
    assert len(formatter.requests) == 20
    renderer.markdown("019 " + "x" * 50)
    assert len(formatter.requests) == 20, "the latest is known"
    renderer.markdown("000 " + "x" * 50)
    assert len(formatter.requests) == 21, "the first is not"


def test_a_page_that_many_open_at_once_costs_one_turn() -> None:
    formatter = Counting()
    renderer = DocumentRenderer(formatter)
    readers = [threading.Thread(target=renderer.markdown, args=("# Many",)) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(formatter.requests) == 1


def test_half_a_character_is_shown_as_a_question_mark() -> None:
    assert "a?b" in DocumentRenderer(Counting()).markdown("a\ud800b").html
    notebook = DocumentRenderer(Counting()).notebook('{"cells": [{"cell_type": "code", "source": "\\ud800 = 1"}]}')
    assert notebook.cells is not None
    assert "?" in notebook.cells[0].html


def test_an_empty_text_asks_nobody() -> None:
    formatter = Counting()
    assert DocumentRenderer(formatter).markdown(" \n") == Formatted()
    assert formatter.requests == []
