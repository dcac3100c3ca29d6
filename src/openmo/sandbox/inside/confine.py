"""Confines this process under a policy; as a program: confines itself, then becomes the given command.

`python confine POLICY... -- COMMAND [ARGUMENT...]`: POLICY is a `PolicyDocument` as JSON, in pieces, because the system
limits the length of one argument. Stdlib only, so that it runs in any environment's python.
"""

# ruff: noqa: PTH109, PTH110, PTH116 (loading pathlib would cost every child 9 ms of its start)

import contextlib
import os
import resource
import stat
import sys

from openmo.sandbox.inside import landlock_rules as landlock
from openmo.sandbox.inside import namespaces, pid_namespace, relay, seccomp, system_calls, system_view
from openmo.sandbox.inside.document import PolicyDocument
from openmo.system import linux

_OPEN_FILES = 65_536
_CANNOT_RUN = 127


def enter(document: PolicyDocument) -> None:
    """This process and all it starts are confined for good; OSError when the kernel refuses, and then do not go on.

    Call it with one thread running, right after a fork or before an exec; in a PID namespace, if it shall have one. The
    current directory stays where it can still be seen, else it is `/`.
    """
    limit_files()
    if document.engine == "none":
        return
    if document.pid_namespace and not pid_namespace.entered():
        raise RuntimeError("The PID namespace that the policy demands was not made.")
    read_write = _existing(document.read_write)
    read_only = _existing(document.read_only)
    here = os.getcwd()
    own_view = document.namespaces
    if own_view:
        namespaces.enter(read_write, read_only, document.temporary, document.work, processes=document.processes)
        if document.processes is not None and os.geteuid() != 0:
            # Counted within the user namespace that this process now has for itself. Elsewhere the kernel counts all
            # processes of the system user, the platform's and other people's; and it never limits root so.
            resource.setrlimit(resource.RLIMIT_NPROC, (document.processes, document.processes))
        _reopen_standard_streams()
    with contextlib.suppress(OSError, KeyError):  # no keys here; else those of whoever started OpenMo stay out of reach
        linux.join_new_session_keyring()
    namespaces.drop_capabilities(own_view=own_view)
    writable = [(path, landlock.READ | landlock.WRITE) for path in read_write]
    if own_view:  # whose links we made ourselves
        writable += [
            (path, landlock.READ | landlock.WRITE) for path in _existing([document.work])
        ]  # a mount of its own
        landlock.restrict_self([*_rules(read_only, own_view=True), *writable])
    else:
        landlock.restrict_self(_rules(read_only, own_view=False), unfollowed=writable)
    if document.system_calls is not None:
        seccomp.refuse(
            system_calls.refused(
                document.system_calls, names_others=not document.pid_namespace, network=document.network
            )
        )
    if own_view:
        with contextlib.suppress(OSError):
            os.chdir(here)


def _existing(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.exists(path)]


def limit_files() -> None:
    """No core dumps (they hold data), and enough open files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, ceiling))


def _reopen_standard_streams() -> None:
    """What leads to /dev/null leads to that of the new view, which cannot be changed: chmod works on descriptors."""
    empty = os.stat(os.devnull).st_rdev
    for descriptor in range(3):
        with contextlib.suppress(OSError):
            found = os.fstat(descriptor)
            if found.st_rdev == empty and stat.S_ISCHR(found.st_mode):
                new = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
                os.dup2(new, descriptor)
                os.close(new)


def _rules(read_only: list[str], *, own_view: bool) -> list[tuple[str, int]]:
    read = landlock.READ_FILE | landlock.READ_DIR
    rules = [(path, landlock.READ) for path in (*system_view.PROGRAMS, *read_only)]
    rules += [(path, read) for path in (*system_view.SETTINGS, *system_view.KERNEL, "/proc")]
    rules += [(path, landlock.DEVICE) for path in (*system_view.devices(), *system_view.TERMINALS)]
    rules.append((system_view.SHARED_MEMORY, landlock.READ | landlock.WRITE))
    if own_view:  # nothing but the allow-list can be seen, so folders on the way to it may be listed
        own = ("/tmp", system_view.TEMPORARY)  # noqa: S108 (its own)
        rules += [("/", landlock.READ_DIR), *((path, landlock.READ | landlock.WRITE) for path in own)]
    return rules


def main(arguments: list[str]) -> None:
    """Confines this process and becomes the command; exits with 127 and a message when it cannot."""
    border = arguments.index("--")
    document, command = PolicyDocument.decode("".join(arguments[:border])), arguments[border + 1 :]
    try:
        if document.pid_namespace:
            limit_files()
            relay.go_on_in_namespace()
        enter(document)
        os.execvp(command[0], command)  # noqa: S606 (becoming the given command is this program's purpose)
    except OSError as error:
        print(f"openmo: cannot run {command[0]} in the sandbox: {error}", file=sys.stderr)
        sys.exit(_CANNOT_RUN)


if __name__ == "__main__":
    main(sys.argv[1:])
