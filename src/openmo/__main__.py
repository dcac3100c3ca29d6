"""`python -m openmo`: the command line without an installed script."""

from openmo.cli.main import main

main()
