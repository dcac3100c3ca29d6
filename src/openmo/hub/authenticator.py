"""Laptop mode: one local account, signed in by a one-time link or by the cookie that the link left.

Opening the link shows a page with one button, which a script presses at once; only that POST uses the link up. Jupyter
signs in on the GET itself, but a link that is sent through a chat or a mail scanner is fetched before a person sees it,
and would be spent. People notice no difference; without scripts they press the button.
"""

from pathlib import Path
from urllib.parse import urlsplit

from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from traitlets import Instance, Unicode

from openmo.core.clock import SystemClock
from openmo.identity.sign_in_link import consume, is_valid

_SIGN_IN_TO_PAGES = "/sign-in"
"""Signed in to the Hub, the browser goes on to sign in to the pages, and from there to the workspace."""
_HELP = """<div class="openmo-sign-in-help">
<div lang="en">
<p>This OpenMo signs you in by a one-time link. In a terminal on the machine on which it runs:</p>
<pre tabindex="0"><code>openmo status</code></pre>
<p>It prints a new link. If OpenMo was started with <code>--data FOLDER</code>, say the same here:
<code>openmo status --data FOLDER</code>; in a checkout the command is <code>.venv/bin/openmo</code>.</p>
</div>
<div lang="zh-CN">
<p>本机的 OpenMo 通过一次性链接登录。请在运行它的机器上打开终端：</p>
<pre tabindex="0"><code>openmo status</code></pre>
<p>它会打印新的链接。如果 OpenMo 是用 <code>--data 文件夹</code> 启动的，这里也要加上：
<code>openmo status --data 文件夹</code>；在源码目录中，命令是 <code>.venv/bin/openmo</code>。</p>
</div>
</div>"""


def own_path(text: str) -> str:
    """`text` when it is a path on this site, else `/`: a sign-in must not send people elsewhere."""
    parts = urlsplit(text)
    plain = text.isprintable() and not any(mark in text for mark in ("\\", " "))
    if parts.scheme or parts.netloc or not plain or not text.startswith("/") or text.startswith("//"):
        return "/"
    return text


class SignInHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub ships no types
    """`/hub/sign-in?key=...&next=...`."""

    async def get(self) -> None:
        """The page with the button; the link stays good."""
        next_url = own_path(self.get_argument("next", _SIGN_IN_TO_PAGES))
        if self.current_user:
            self.redirect(next_url)
            return
        key = self.get_argument("key", "")
        if not self.authenticator.accepts(key):
            self.redirect(f"{self.hub.base_url}login?expired=1")
            return
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(
            await self.render_template(
                "sign_in.html",
                key=key,
                next_url=next_url,
                action=f"{self.hub.base_url}sign-in",
                xsrf=self.xsrf_token.decode("ascii"),
            )
        )

    async def post(self) -> None:
        """Uses the link up and signs in; JupyterHub has checked the anti-forgery token."""
        user = await self.login_user({"key": self.get_body_argument("key", "")})
        if user is None:
            self.redirect(f"{self.hub.base_url}login?expired=1")
            return
        self._jupyterhub_user = user
        self.redirect(own_path(self.get_body_argument("next", _SIGN_IN_TO_PAGES)))


class SignInLinkAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub ships no types
    """Signs one local account in by a key that `openmo.identity.sign_in_link` made."""

    run_folder = Instance(Path, allow_none=True, help="The folder that holds the keys.").tag(config=True)
    account = Unicode(help="The one account.").tag(config=True)

    def get_custom_html(self, base_url: str) -> str:
        """How to get a link, in place of a form."""
        del base_url
        return _HELP

    def accepts(self, key: str) -> bool:
        """Whether the key would sign in; changes nothing."""
        return self.run_folder is not None and is_valid(self.run_folder, key, SystemClock())

    async def authenticate(self, handler: BaseHandler, data: dict[str, str]) -> str | None:
        """The account's name for a good key, which is spent; None for anything else."""
        del handler
        good = self.run_folder is not None and consume(self.run_folder, data.get("key", ""), SystemClock())
        return self.account if good else None

    def get_handlers(self, app: JupyterHub) -> list[tuple[str, type[BaseHandler]]]:
        return [*super().get_handlers(app), ("/sign-in", SignInHandler)]
