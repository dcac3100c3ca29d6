"""The small functions that an exported script carries when it uses them, by the name that its code calls."""

from collections.abc import Collection

HELPERS = {
    "_nb_shell": '''
def _nb_shell(command):
    """Runs a `!command` of the notebook; as there, a command that fails does not stop the script."""
    import subprocess
    import sys

    sys.stdout.flush()
    if sys.stdout is sys.__stdout__:
        return subprocess.run(command, shell=True).returncode
    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, shell=True, text=True, errors="replace", **kept)
    print(done.stdout, end="")
    return done.returncode
''',
    "_nb_shell_lines": '''
class _nb_lines(list):
    """The lines that a command printed, with what IPython lets one ask of them."""

    l = list = property(lambda self: self)
    n = nlstr = property(lambda self: "\\n".join(self))
    s = spstr = property(lambda self: " ".join(self))

    @property
    def p(self):
        from pathlib import Path

        return [Path(line) for line in self if Path(line).exists()]

    paths = p

    def grep(self, pattern, prune=False, field=None):
        import re

        matches = pattern if callable(pattern) else re.compile(pattern, re.IGNORECASE).search
        return _nb_lines(line for line in self if bool(matches(self._part(line, field))) is not prune)

    def fields(self, *fields):
        words = [line.split() for line in self]
        if not fields:
            return words
        chosen = [[each[field] for field in fields if -len(each) <= field < len(each)] for each in words]
        return _nb_lines(" ".join(each) for each in chosen if each)

    def sort(self, field=None, nums=False):
        def key(line):
            text = self._part(line, field)
            return int("".join(filter(str.isdigit, text)) or 0) if nums else text

        return _nb_lines(sorted(self, key=key))

    def _part(self, line, field):
        return line if field is None else (line.split()[field:] or [""])[0]


def _nb_shell_lines(command):
    """The lines that a `!command` of the notebook prints."""
    import subprocess

    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return _nb_lines(subprocess.run(command, shell=True, text=True, errors="replace", **kept).stdout.splitlines())
''',
    "_nb_pip": '''
def _nb_pip(arguments):
    """Runs pip for the Python that runs this script."""
    import sys

    return _nb_shell(f'"{sys.executable}" -m pip {arguments}')
''',
    "_nb_script": '''
def _nb_script(program, text, keep="", check=True, wait=True):
    """Runs a `%%bash` cell or its like; a script that fails stops this one. Returns what it printed to `keep`."""
    import shlex
    import subprocess
    import sys

    sys.stdout.flush()
    if not wait:
        process = subprocess.Popen(shlex.split(program), stdin=subprocess.PIPE, text=True)
        process.stdin.write(text)
        process.stdin.close()
        return process
    piped = {"out", "err"} if sys.stdout is not sys.__stdout__ else set(keep.split())
    kept = {name: subprocess.PIPE for name, short in (("stdout", "out"), ("stderr", "err")) if short in piped}
    done = subprocess.run(shlex.split(program), input=text, text=True, errors="replace", **kept)
    printed = {"out": done.stdout or "", "err": done.stderr or ""}
    for name in piped - set(keep.split()):
        print(printed[name], end="", file=sys.stdout if name == "out" else sys.stderr)
    if check:
        done.check_returncode()
    values = [printed[name] for name in keep.split()]
    return values[0] if len(values) == 1 else values
''',
    "_nb_cd": '''
def _nb_cd(path="~", quiet=False, before=[]):
    """Goes to a folder as `%cd` does: `-` is the one before, and one that is not there is told and stops nothing."""
    import os

    here = os.getcwd()
    try:
        os.chdir(before.pop() if path == "-" and before else os.path.expanduser(path))
        before.append(here)
    except OSError as error:
        print(error)
    if not quiet:
        print(os.getcwd())
''',
    "_nb_write": '''
def _nb_write(path, text, mode="w"):
    """Writes what a `%%writefile` cell holds."""
    import os

    path = os.path.expanduser(path)
    print("Appending to" if mode == "a" else "Overwriting" if os.path.exists(path) else "Writing", path)
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)
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
    "_nb_timed": '''
def _nb_timed(compute):
    """The value of what `%time` times."""
    started = _nb_started()
    try:
        return compute()
    finally:
        _nb_elapsed(started)
''',
    "_nb_timeit": '''
def _nb_timeit(statement, namespace, setup="pass", number=0, repeat=7, quiet=False):
    """Prints the time that one run of `statement` takes, as `%timeit` does, and returns its figures in seconds."""
    import statistics
    import timeit
    import types

    timer = timeit.Timer(statement, setup, globals=namespace)
    number = number or timer.autorange()[0]
    runs = [seconds / number for seconds in timer.repeat(repeat, number)]
    average, deviation = statistics.fmean(runs), statistics.pstdev(runs)
    if not quiet:
        units = (("s", 1), ("ms", 1e3), ("µs", 1e6))
        unit, scale = next((each for each in units if average * each[1] >= 1), ("ns", 1e9))
        shown = f"{average * scale:.3g} {unit} ± {deviation * scale:.3g} {unit} per loop"
        print(f"{shown} ({repeat} runs, {number:,} loops each)")
    figures = {"average": average, "stdev": deviation, "best": min(runs), "worst": max(runs), "timings": runs}
    return types.SimpleNamespace(**figures, loops=number, repeat=repeat, all_runs=[each * number for each in runs])
''',
    "_nb_run": '''
def _nb_run(arguments, namespace, shared=False, module=False):
    """Runs another script as `%run` does: with its arguments, and its names are here afterwards."""
    import runpy
    import shlex
    import sys

    before, sys.argv = sys.argv, shlex.split(arguments)
    run = runpy.run_module if module else runpy.run_path
    try:
        names = run(sys.argv[0], init_globals=namespace if shared else None, run_name="__main__")
    finally:
        sys.argv = before
    namespace.update((name, value) for name, value in names.items() if not name.startswith("__"))
''',
    "_nb_capture": '''
class _nb_capture:
    """Keeps what is printed from here until `end()`, as `%%capture` does."""

    outputs = ()

    def __init__(self, out=True, err=True):
        import io
        import sys

        self._out, self._err = io.StringIO(), io.StringIO()
        self._before = sys.stdout, sys.stderr, sys.excepthook
        sys.stdout, sys.stderr = self._out if out else sys.stdout, self._err if err else sys.stderr
        sys.excepthook = self._failed

    stdout = property(lambda self: self._out.getvalue())
    stderr = property(lambda self: self._err.getvalue())

    def end(self):
        import sys

        sys.stdout, sys.stderr, sys.excepthook = self._before

    def _failed(self, *error):
        import sys

        self.end()
        sys.excepthook(*error)

    def show(self):
        import sys

        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show

    def __str__(self):
        return self.stdout
''',
    "_nb_await": '''
def _nb_await(awaitable):
    """Waits for what a cell awaits, in the script's one event loop."""
    _nb_seem_running(False)
    try:
        return _nb_loop.run_until_complete(awaitable)
    finally:
        _nb_seem_running(True)


def _nb_seem_running(yes):
    """Between the waits the loop counts as running, too, as it does for every cell of the notebook."""
    import asyncio

    asyncio._set_running_loop(_nb_loop if yes else None)
    if yes:
        _nb_loop.is_running = lambda: True
    else:
        del _nb_loop.is_running


def _nb_finish():
    """At the end the tasks of this script are finished, and those of libraries dropped."""
    import asyncio

    _nb_seem_running(False)
    tasks = asyncio.all_tasks(_nb_loop)
    for task in tasks:
        code = getattr(task.get_coro(), "cr_code", None)
        if code is None or code.co_filename != _nb_finish.__code__.co_filename:
            task.cancel()
    _nb_loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def _nb_new_loop():
    import asyncio
    import atexit

    atexit.register(_nb_finish)
    asyncio.set_event_loop(asyncio.new_event_loop())
    return asyncio.get_event_loop()


_nb_loop = _nb_new_loop()
_nb_seem_running(True)
''',
    "_nb_result": '''
def _nb_result(value, number, names, show=False, last=[]):
    """Keeps the value of a cell's last line as `_`, `_1` and `Out[1]`, as the notebook does."""
    if value is None:
        return
    if show:
        _nb_show(value)
    results = names.setdefault("Out", {})
    if not last or names.get("_") is last[-1]:  # who calls something else `_` keeps it
        last.append(value)
        names.update(zip(("_", "__", "___"), [*reversed(last[-3:]), "", "", ""]))
    names[f"_{number}"] = results[number] = value
''',
    "_nb_show": '''
def _nb_show(value):
    """Prints the value of a cell's last line, which the notebook shows below the cell."""
    if value is not None:
        try:
            from IPython.lib.pretty import pretty
        except ImportError:
            pretty = repr
        print(pretty(value))
''',
    "_nb_ipython": '''
class _nb_ipython:
    """Stands where a notebook asks for IPython, which a script has not: false and empty, and calls do nothing."""

    def __bool__(self):
        return False

    def __str__(self):
        return "None"

    def __iter__(self):
        return iter(())

    def __contains__(self, _):
        return False

    def __getitem__(self, _):
        return self

    def __call__(self, *_arguments, **_options):
        return None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return globals() if name == "user_ns" else self

    def system(self, command):
        _nb_shell(command)

    def getoutput(self, command, **_options):
        return _nb_shell_lines(command)
''',
    "display": '''
class _nb_shown:
    """What `display(…, display_id=…)` returns: it prints what the notebook would show in the place of the first."""

    def __init__(self, display_id):
        self.display_id = display_id

    def update(self, shown, **options):
        display(shown, **options)

    display = update


def display(*objects, display_id=None, **options):
    """Prints what the notebook would show."""
    for each in objects:
        print(each)
    if display_id is not None:
        return _nb_shown(display_id)
''',
}


def helpers_for(names: Collection[str]) -> list[str]:
    """The texts of the named helpers and of those that these call, in a fixed order."""
    called = {other for helper in names for other in HELPERS if f"{other}(" in HELPERS[helper]}
    return [text for helper, text in HELPERS.items() if helper in names or helper in called]
