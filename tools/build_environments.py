"""Builds the curated environments into a folder, as `openmo up` does at its first start.

python tools/build_environments.py FOLDER
"""

import sys
from pathlib import Path

from openmo.environments.builder import Environments, base_spec, lab_spec


def main() -> None:
    environments = Environments(Path(sys.argv[1]).absolute(), report=lambda line: print(line, flush=True))
    for spec in (base_spec(), lab_spec()):
        environments.ensure(spec)


if __name__ == "__main__":
    main()
