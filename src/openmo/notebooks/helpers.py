"""The small functions that an exported script carries when it uses them; each stands on its own."""

HELPERS = {
    "_nb_shell": '''
def _nb_shell(command):
    """Runs a `!command` of the notebook; as there, a command that fails does not stop the script."""
    import subprocess
    import sys

    sys.stdout.flush()
    return subprocess.run(command, shell=True).returncode
''',
    "_nb_shell_lines": '''
def _nb_shell_lines(command):
    """The lines that a `!command` of the notebook prints."""
    import subprocess

    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, shell=True, text=True, errors="replace", **kept).stdout.splitlines()
''',
    "_nb_pip": '''
def _nb_pip(arguments):
    """Runs pip for the Python that runs this script."""
    import subprocess
    import sys

    sys.stdout.flush()
    return subprocess.run(f'"{sys.executable}" -m pip {arguments}', shell=True).returncode
''',
    "_nb_script": '''
def _nb_script(program, text):
    """Runs a `%%bash` cell or its like; a script that fails stops this one."""
    import shlex
    import subprocess
    import sys

    sys.stdout.flush()
    subprocess.run(shlex.split(program), input=text, text=True, check=True)
''',
    "_nb_write": '''
def _nb_write(path, text, mode="w"):
    """Writes what a `%%writefile` cell holds."""
    import os

    with open(os.path.expanduser(path), mode, encoding="utf-8") as file:
        file.write(text)
    print(f"Wrote {path}")
''',
    "_nb_started": '''
def _nb_started():
    """The moment from which `_nb_elapsed` counts."""
    import time

    return time.perf_counter(), time.process_time()
''',
    "_nb_elapsed": '''
def _nb_elapsed(started):
    """Prints what `%time` prints: processor time and wall time in seconds."""
    import time

    print(f"CPU time: {time.process_time() - started[1]:.3g} s, wall time: {time.perf_counter() - started[0]:.3g} s")
''',
    "_nb_timeit": '''
def _nb_timeit(statement, namespace, setup="pass"):
    """Prints the time that one run of `statement` takes."""
    import timeit

    loops, seconds = timeit.Timer(statement, setup, globals=namespace).autorange()
    print(f"{seconds / loops * 1e6:,.3g} µs per loop ({loops:,} loops)")
''',
    "_nb_run": '''
def _nb_run(arguments, namespace):
    """Runs another script as `%run` does: with its arguments, and its names are here afterwards."""
    import runpy
    import shlex
    import sys

    before, sys.argv = sys.argv, shlex.split(arguments)
    try:
        names = runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        sys.argv = before
    namespace.update((name, value) for name, value in names.items() if not name.startswith("__"))
''',
    "_nb_await": '''
def _nb_await(coroutine, loops=[]):
    """Runs a cell that awaits; all such cells share one event loop, as in the notebook."""
    import asyncio

    if not loops:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[0])
    return loops[0].run_until_complete(coroutine)
''',
    "display": '''
def display(*objects, **options):
    """Prints what the notebook would show."""
    for each in objects:
        print(each)
''',
}
