"""Writes the migration from the newest one to the tables as they are now in `openmo.db.tables`, to be read and mended.

.venv/bin/python tools/new_migration.py "what it changes"
"""

import argparse
import re
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from openmo.db.engine import Database
from openmo.db.migrate import configuration, migrate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("message", help="becomes the first line of its docstring, and its file's name")
    message = parser.parse_args().message
    config = configuration()
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("truncate_slug_length", "60")
    head = ScriptDirectory.from_config(config).get_current_head() or "0000"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'newest.sqlite'}")
        migrate(database)
        with database.begin() as connection:
            config.attributes["connection"] = connection
            made = command.revision(config, message, autogenerate=True, rev_id=f"{int(head) + 1:04}")
        database.close()
    if made is None or isinstance(made, list):
        raise SystemExit("Alembic made no single migration.")
    path = Path(made.path)
    path.write_text(re.sub(r"\n{3,}(?=import|revision)", "\n\n", path.read_text()))
    print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


if __name__ == "__main__":
    main()
