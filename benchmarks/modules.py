"""What finding, inserting and importing modules costs where there are thousands, beside the limits of the machine.

    python benchmarks/modules.py [--modules 10000] [--bytes 200000000]

Searching is asked of the services as the REST API asks them, with words of the modules' own titles; the limit is one
scan of the same table by `sqlite3` alone. Writing the code of a call goes from the name to the text of the cell.
Importing puts a version of so many bytes into a second project; beside it a copy of its files, and hard links to them.
"""

import argparse
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from openmo.accounts.values import Actor
from openmo.bootstrap.platform import Platform, build_platform
from openmo.config.settings import Settings
from openmo.core.catalogue import Category
from openmo.core.ids import ModuleId, new_id
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.db.migrate import migrate
from openmo.modules.repository import ModuleRepository
from openmo.modules.snippets.calls import write_call
from openmo.modules.values import Module, ModuleQuery, ModuleVersion
from openmo.specs.module import ModuleKind

SUBJECTS = ("iris", "digit", "flower", "车牌", "speech", "face", "traffic", "情感", "price", "weather")
TASKS = ("classifier", "detector", "regressor", "聚类", "segmenter", "translator", "ranker", "生成")
SPEC = """
input:
  train:
    data_path: {value_type: str, description: folder with one sub-folder per class, default_value: ./data}
    epochs: {value_type: int, description: rounds, default_value: 2, value_range: 1-1000}
  predict:
    image: {value_type: img, description: a picture}
output:
  predict:
    class: {value_type: str, description: the likeliest class}
"""
SOURCE = "class large:\n    def predict(self, conf={}):\n        return {'class': conf['image']}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=200_000_000)
    parser.add_argument("--repeats", type=int, default=200)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="openmo-modules-"))
    try:
        measure(root, options.modules, options.bytes, options.repeats)
    finally:
        shutil.rmtree(root)


def measure(root: Path, modules: int, size: int, repeats: int) -> None:
    settings = Settings(data=root / "data")
    platform = build_platform(settings)
    migrate(platform.database)
    ada, bob = (Actor(account=platform.accounts.ensure(name)) for name in ("ada", "bob"))
    fill(platform, ada, modules)
    print(f"{modules:,} modules, {size / 1e6:.0f} MB; {repeats} searches; load {os.getloadavg()[0]:.1f}")
    words = [f"{random.choice(SUBJECTS)} {random.choice(TASKS)}" for _ in range(repeats)]
    file = sqlite3.connect(platform.database.engine.url.database or "")
    limit = row("limit: one scan by sqlite3", [once(partial(scan, file, word)) for word in words])
    row("search", [once(partial(search, platform, bob, word)) for word in words], limit)
    row("search to code", [once(partial(search_to_code, platform, bob, word)) for word in words], limit)
    pages(platform, bob, limit)
    imports(platform, root, ada, bob, size)


def fill(platform: Platform, actor: Actor, modules: int) -> None:
    """Rows as publishing writes them; their files are nobody's affair here."""
    assert actor.account is not None
    now = platform.clock.now()
    with platform.database.begin() as connection:
        repository = ModuleRepository(connection)
        for number in range(modules):
            subject, task = random.choice(SUBJECTS), random.choice(TASKS)
            module = Module(
                id=ModuleId(new_id()),
                owner_id=actor.account.id,
                owner=actor.account.name,
                name=f"module_{number}",
                title=f"{subject} {task} {number}",
                description=f"Tells {subject} from others, by a {task} that was trained on {number} rows. " * 3,
                visibility=Visibility.PUBLIC,
                version="1.0.0",
                released=True,
                kind=ModuleKind.MODEL,
                category=random.choice(tuple(Category)),
                tags=("training",),
                imports=0,
                callable=False,
                project_id=None,
                created_at=now,
                updated_at=now,
            )
            repository.add(module)
            version = ModuleVersion(version="1.0.0", tree="0" * 64, spec=SPEC, created_at=now, size=1000, files=3)
            repository.add_version(module.id, version)


def scan(file: sqlite3.Connection, words: str) -> None:
    conditions = " AND ".join("search LIKE ?" for _ in words.split())
    file.execute(
        f"SELECT * FROM modules WHERE {conditions} ORDER BY updated_at DESC, id DESC LIMIT 31",
        [f"%{word}%" for word in words.split()],
    ).fetchall()


def search(platform: Platform, actor: Actor, words: str) -> tuple[Module, ...]:
    return platform.modules.search(actor, ModuleQuery(search=words)).items


def search_to_code(platform: Platform, actor: Actor, words: str) -> str:
    """What the panel asks for from a word that was typed to the text of the cell."""
    found = search(platform, actor, words)[0]
    module = platform.modules.get(actor, found.owner, found.name)
    version = platform.modules.version(actor, module)
    method = version.methods()[0]
    reference = Reference(owner=module.owner, name=module.name, version=version.version)
    return write_call(reference, method.name, method.inputs, {}).cell


def pages(platform: Platform, actor: Actor, limit: float) -> None:
    """From the first page to the last, as somebody would who scrolls through all."""
    times, after = [], ""
    while True:
        started = time.perf_counter()
        page = platform.modules.search(actor, ModuleQuery(limit=100, after=after))
        times.append(time.perf_counter() - started)
        after = page.next
        if not after:
            break
    row("each of all pages of 100", times, limit)


def imports(platform: Platform, root: Path, ada: Actor, bob: Actor, size: int) -> None:
    source = root / "large"
    source.mkdir()
    (source / "main.py").write_text(SOURCE, encoding="utf-8")
    (source / "module_spec.yml").write_text(SPEC, encoding="utf-8")
    for number in range(10):
        (source / f"weights_{number}.bin").write_bytes(os.urandom(size // 10))
    assert ada.account is not None
    large = platform.modules.create(
        ada.account,
        name="large",
        version="1.0.0",
        title="large",
        description="",
        visibility=Visibility.PUBLIC,
        source=source,
    )
    projects = [platform.projects.create(bob, title=f"project {number}") for number in range(11)]
    platform.imports.import_module(bob, projects[0], large)
    used = occupied(root / "data")
    taken = [once(partial(platform.imports.import_module, bob, project, large)) for project in projects[1:]]
    copied = [once(partial(shutil.copytree, source, root / f"copy{number}")) for number in range(3)]
    linked = [
        once(partial(shutil.copytree, source, root / f"links{number}", copy_function=os.link)) for number in range(3)
    ]
    limit = row("limit: hard links to its files", linked)
    row("import into another project", taken, limit)
    row("a copy of its files", copied, limit)
    print(f"{'disk taken by ten imports':32} {(occupied(root / 'data') - used) / 1e6:8.2f} MB")


def occupied(folder: Path) -> int:
    """Bytes of the disk, each file once."""
    seen = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        seen[status.st_ino] = status.st_blocks * 512
    return sum(seen.values())


def once(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def row(name: str, seconds: list[float], limit: float | None = None) -> float:
    """Prints the row; its median."""
    ordered = sorted(seconds)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    ratio = f"  {middle / limit:6.2f} x the limit" if limit else ""
    print(f"{name:32} p50 {middle * 1000:8.2f} ms  p95 {late * 1000:8.2f} ms{ratio}", flush=True)
    return middle


if __name__ == "__main__":
    main()
