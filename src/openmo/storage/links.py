"""Links that a stored tree may hold."""


def links_inside(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The links that lead nowhere outside the tree, by whatever way.

    Dots are only counted, so a way that passes through another link is refused: with `d/up -> ..`, what `d/up/..` says
    is inside, and where it leads is not.
    """
    kept = [(path, target) for path, target in links if not target.startswith("/")]
    names = {path for path, _ in links}
    return [(path, target) for path, target in kept if _stays_inside(path, target, names)]


def _stays_inside(path: str, target: str, links: set[str]) -> bool:
    here = path.split("/")[:-1]
    steps = [step for step in target.split("/") if step not in ("", ".")]
    for step in steps:
        if "/".join(here) in links:
            return False
        if step != "..":
            here.append(step)
        elif here:
            here.pop()
        else:
            return False
    return True
