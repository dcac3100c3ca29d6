"""Relative links of a README among files."""

import pytest

from openmo.web.documents.links import among_files
from openmo.web.documents.markdown import render_markdown
from openmo.web.documents.values import Formatted


def led(text: str, *, folder: str = "") -> str:
    document = Formatted(html=str(render_markdown(text)))
    return among_files(document, files="/m/files", raw="/m/raw", query="?version=1.0.0", folder=folder).html


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("main.py", "/m/files/main.py?version=1.0.0"),
        ("./docs/a%20b.md#how", "/m/files/docs/a%20b.md?version=1.0.0#how"),
        ("docs/../main.py", "/m/files/main.py?version=1.0.0"),
        ("图.md", "/m/files/%E5%9B%BE.md?version=1.0.0"),
        ("../above.md", "../above.md"),
        ("#below", "#below"),
        ("/projects", "/projects"),
        ("//elsewhere.example/a", "//elsewhere.example/a"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
    ],
)
def test_links_lead_to_the_files_pages_and_others_stay(link: str, leads_to: str) -> None:
    assert f'href="{leads_to}"' in led(f"[there]({link})")


def test_pictures_are_shown_and_links_count_from_the_documents_own_folder() -> None:
    assert 'src="/m/raw/docs/plot.png?version=1.0.0"' in led("![A plot](plot.png)", folder="docs")
    assert 'href="/m/files/main.py?version=1.0.0"' in led("[code](../main.py)", folder="docs")


def test_no_link_leaves_its_attribute() -> None:
    html = led('[a](x"onclick=alert(1).md) <a href="b.md" title="&lt;a href=&quot;c.md&quot;">b</a> ![p](q&quot;r.png)')
    assert "onclick=alert(1).md" not in html.replace("onclick%3Dalert%281%29.md", "")
    assert 'href="/m/files/b.md?version=1.0.0"' in html
