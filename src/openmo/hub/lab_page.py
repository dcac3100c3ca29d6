"""What a browser shows while JupyterLab's own scripts load: a sentence in place of an empty page."""

import re
from html import escape
from pathlib import Path

from openmo.core.hostile.paths import write_atomic

LOADING_ID = "openmo-loading"
"""The element's; our extension takes it away when JupyterLab is there (`lab/src/plugins/platform.ts`)."""
_TEXTS = {
    "en": (
        "Opening {project}",
        "JupyterLab is loading.",
        "This takes longer than usual. Load the page again, or go back to the project.",
    ),
    "zh-CN": ("正在打开 {project}", "JupyterLab 正在加载。", "加载时间比平时长。请重新加载页面，或返回项目。"),
}
_BODY = re.compile(r"<body\b[^>]*>")
_STYLE = """<style>
#openmo-loading{position:fixed;inset:0;z-index:100000;display:flex;flex-direction:column;align-items:center;
justify-content:center;gap:.5rem;padding:1rem;text-align:center;background:#fff;color:#1d2328;
font:15px/1.5 system-ui,sans-serif}
#openmo-loading.dark{background:#111;color:#dfe3e5}
#openmo-loading h1{margin:0;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
#openmo-loading p{margin:0;opacity:.8}
#openmo-loading svg{width:3rem;height:3rem;margin-bottom:.75rem;animation:openmo-turn 2.4s linear infinite}
#openmo-loading p[hidden]{display:none}
@keyframes openmo-turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){ #openmo-loading svg{animation:none}}
</style>"""
_RING = (
    '<svg viewBox="0 0 32 32" fill="none" stroke="#0d8f91" stroke-width="3.5" stroke-linecap="round" '
    'aria-hidden="true"><path d="M26.5 11.2A11.5 11.5 0 1 0 27.5 16"/></svg>'
)
_SCRIPT = """<script>
(function () {
  var shown = document.getElementById("openmo-loading");
  try { if (localStorage.getItem("openmo-lab-theme") === "dark") shown.classList.add("dark"); } catch (_) { /* none */ }
  setTimeout(function () { shown.querySelector("p[hidden]").hidden = false; }, 60000);
  var lab = new MutationObserver(function () {
    if (document.getElementById("main")) {
      lab.disconnect();
      setTimeout(function () { shown.remove(); }, 20000);
    }
  });
  lab.observe(document.body, { childList: true });
})();
</script>"""


def templates_folder(place: Path) -> Path:
    """Where a server finds its page, below the folder that is its own."""
    return place / "jupyter" / "templates"


def place_page(environment: Path, templates: Path, project: str, language: str) -> None:
    """JupyterLab's page of that environment lies in `templates`, with the sentence in it, if it has a place for one."""
    shipped = environment / "share" / "jupyter" / "lab" / "static" / "index.html"
    page = loading_page(shipped.read_text("utf-8"), project, language) if shipped.is_file() else None
    if page is not None:
        templates.mkdir()
        write_atomic(templates / "index.html", page.encode(), mode=0o644)


def loading_page(index: str, project: str, language: str) -> str | None:
    """JupyterLab's page with the sentence in it, in that language (else English); None where it has no body for one."""
    body = _BODY.search(index)
    if body is None:
        return None
    tag = language if language in _TEXTS else "en"
    heading, now, late = (text.format(project=escape(project)) for text in _TEXTS[tag])
    shown = (
        f'<div id="{LOADING_ID}" lang="{tag}" role="status">{_RING}<h1>{heading}</h1><p>{now}</p>'
        f"<p hidden>{late}</p></div>"
    )
    return f"{index[: body.end()]}{_STYLE}{shown}{_SCRIPT}{index[body.end() :]}"
