"""Makes this checkout importable in its own virtual environment, with its commands.

    .venv/bin/python tools/link_checkout.py

An editable install would do the same, but would first fetch what builds the wheel.
"""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (ROOT / "src", ROOT / "sdk" / "src", ROOT / "lab")
COMMANDS = {"openmo": ("openmo.cli.main", "main"), "7zx": ("openmo_sdk.unpack", "main")}


def main() -> None:
    site_packages = Path(sysconfig.get_path("purelib"))
    (site_packages / "openmo-checkout.pth").write_text("".join(f"{source}\n" for source in SOURCES))
    for name, (module, function) in COMMANDS.items():
        script = Path(sysconfig.get_path("scripts")) / name
        script.write_text(
            f"#!{sys.executable}\nimport sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n"
        )
        script.chmod(0o755)


if __name__ == "__main__":
    main()
