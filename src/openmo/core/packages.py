"""Where a project keeps the packages that its user installed.

`!pip install` in a notebook writes to this folder of the workspace. It is part of the project's code, so that jobs and
releases hold the same packages as the notebook, and none of them the platform's.
"""

PACKAGES = ".packages"
