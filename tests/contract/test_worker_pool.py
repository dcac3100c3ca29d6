"""What every worker pool promises; held by the pool of forked workers, in both of its ways of confining."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.served_apps import QUICK, ServedApps, eventually, make_release, served

from openmo.core.errors import TooLarge
from openmo.sandbox.landlock import detect_landlock
from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import (
    AppBusy,
    AppNotStarting,
    CallOutput,
    CallResult,
    CallStream,
    CallTimedOut,
    HandlerFailed,
    InputFile,
    WorkerLost,
)


@pytest.fixture(scope="module", params=["shared zygote", "zygote of its own"])
def apps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("pool"), trusted=request.param == "shared zygote") as running:
        yield running


def release(apps: ServedApps, source: str, **options: Any) -> DeployedRelease:
    return make_release(apps.root / "releases", source, **options)


def result(apps: ServedApps, of: DeployedRelease, inputs: Any = None, files: Any = None) -> CallResult:
    answer = apps.on_loop(apps.pool.call(of, inputs or {}, files))
    assert isinstance(answer, CallResult)
    return answer


ADDER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"


def adder(apps: ServedApps, **options: Any) -> DeployedRelease:
    return release(apps, ADDER, inputs={"x": "int"}, outputs={"ret": "int"}, **options)


def test_a_pool_that_runs_has_no_problem(apps: ServedApps) -> None:
    assert apps.pool.problem() == ""


def test_a_call_answers(apps: ServedApps) -> None:
    answer = result(apps, adder(apps), {"x": 1})
    assert answer.output == CallOutput(json=b'{"ret":2}')
    assert 0 < answer.duration < 20


def test_calls_at_once_all_answer_their_own(apps: ServedApps) -> None:
    of = adder(apps)

    async def many() -> list[Any]:
        return await asyncio.gather(*(apps.pool.call(of, {"x": number}) for number in range(60)))

    answers = apps.on_loop(many())
    assert [answer.output.json for answer in answers] == [b'{"ret":%d}' % (number + 1) for number in range(60)]


def test_a_handler_that_raises_costs_its_call_only(apps: ServedApps) -> None:
    of = release(apps, "def handle(conf):\n    return {'ret': 1 // conf['x']}\n", outputs={"ret": "int"})
    with pytest.raises(HandlerFailed, match="ZeroDivisionError"):
        result(apps, of, {"x": 0})
    assert result(apps, of, {"x": 1}).output.json == b'{"ret":1}'


def test_half_a_character_costs_neither_the_call_nor_the_worker(apps: ServedApps) -> None:
    source = "def handle(conf):\n    print('\\ud83d')\n    return {'text': '\\ud83d cut off'}\n"
    of = release(apps, source, outputs={"text": "str"})
    assert result(apps, of).output.json.decode() == '{"text":"\ufffd cut off"}'


def test_results_can_be_written_by_any_of_their_names(apps: ServedApps) -> None:
    of = release(
        apps,
        """
        import os
        def handle(conf):
            names = ["results", "./results", os.path.abspath("results")]
            if os.path.exists("/home/jovyan/work"):
                names.append("/home/jovyan/work/results")
            for name in names:
                with open(f"{name}/out.txt", "a") as file:
                    file.write("x")
            with open("results/out.txt") as file:
                return {"all": len(file.read()) == len(names), "work": len(names) == 4}
        """,
        outputs={"all": "bool", "work": "bool"},
    )
    landlock = detect_landlock()
    own_view = landlock is not None and landlock.has_own_view
    assert json.loads(result(apps, of).output.json) == {"all": True, "work": own_view}


def test_a_process_that_ends_costs_its_call_only(apps: ServedApps) -> None:
    of = release(
        apps,
        """
        import os
        WORKER = os.urandom(8).hex()
        def handle(conf):
            if conf["x"]:
                os._exit(7)
            return {"ret": WORKER}
        """,
    )
    before = result(apps, of, {"x": 0}).output.json
    with pytest.raises(WorkerLost, match="exit code 7"):
        result(apps, of, {"x": 1})
    after = result(apps, of, {"x": 0}).output.json
    assert before != after


def test_a_call_over_its_time_is_ended_with_all_that_it_started(apps: ServedApps, tmp_path: Path) -> None:
    of = release(
        apps,
        """
        import os, subprocess, time
        def handle(conf):
            if not conf.get("hang"):
                return {"fine": True}
            subprocess.Popen(["sleep", "1000.4714"], start_new_session=True)
            print("child", flush=True)
            time.sleep(1000)
        """,
        limits=replace(QUICK, timeout=1.0),
    )
    with pytest.raises(CallTimedOut, match="1 s"):
        result(apps, of, {"hang": True})
    log = apps.pool.log_path(of.project_id)
    eventually(lambda: "child\n" in log.read_text())
    eventually(
        lambda: not [each for each in psutil.process_iter(["cmdline"]) if "1000.4714" in (each.info["cmdline"] or [])]
    )
    assert result(apps, of).output.json == b'{"fine":true}'


def test_a_full_queue_refuses_and_says_when_to_come_back(apps: ServedApps) -> None:
    of = release(
        apps,
        "import time\ndef handle(conf):\n    time.sleep(conf['s'])\n    return {}\n",
        limits=replace(QUICK, workers=1, queue=2),
    )
    result(apps, of, {"s": 0})

    async def crowd() -> list[Any]:
        calls = (apps.pool.call(of, {"s": 0.2}) for _ in range(5))
        return await asyncio.gather(*calls, return_exceptions=True)

    answers = apps.on_loop(crowd())
    refused = [each for each in answers if isinstance(each, AppBusy)]
    assert len(refused) == 2
    assert all(each.retry_after > 0 for each in refused)
    assert sum(isinstance(each, CallResult) for each in answers) == 3


def test_slow_calls_get_more_workers_up_to_the_limit(apps: ServedApps) -> None:
    of = release(
        apps,
        """
        import os, time
        WORKER = os.urandom(8).hex()
        def handle(conf):
            time.sleep(0.3)
            return {"worker": WORKER}
        """,
        limits=replace(QUICK, workers=2),
    )

    async def crowd() -> list[Any]:
        return await asyncio.gather(*(apps.pool.call(of, {}) for _ in range(6)))

    assert len({answer.output.json for answer in apps.on_loop(crowd())}) == 2


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nonexistent_thing\ndef handle(conf): ...\n", "nonexistent_thing"),
        ("def handle(conf:\n", "SyntaxError"),
        ("x = 1\n", "no function `handle`"),
        ("raise SystemExit(3)\n", "sys.exit"),
        ("import os\nos._exit(5)\n", "exit code 5"),
        ("def handle(a, b): ...\n", "required parameters"),
    ],
)
def test_an_app_that_does_not_start_says_why(apps: ServedApps, source: str, message: str) -> None:
    of = release(apps, source)
    for _ in range(2):  # the second answer comes from memory, not from one more attempt
        with pytest.raises(AppNotStarting, match=message):
            result(apps, of)
    assert apps.pool.stats().by_release.get(of.release_id, 0) == 0


def test_an_environment_that_is_gone_is_named(apps: ServedApps) -> None:
    of = adder(apps, python=Path("/nonexistent/bin/python"))
    with pytest.raises(AppNotStarting, match="environment"):
        result(apps, of, {"x": 1})


def test_a_generator_streams(apps: ServedApps) -> None:
    of = release(apps, "def handle(conf):\n    for n in range(conf['n']):\n        yield {'n': n}\n")

    async def read(count: int) -> list[bytes]:
        answer = await apps.pool.call(of, {"n": count})
        assert isinstance(answer, CallStream)
        return [output.json async for output in answer.outputs]

    assert apps.on_loop(read(3)) == [b'{"n":0}', b'{"n":1}', b'{"n":2}']
    assert len(apps.on_loop(read(500))) == 500  # more than may wait: the worker goes at the reader's pace


def test_a_stream_whose_handler_forks_is_sent_once(apps: ServedApps) -> None:
    of = release(
        apps,
        """
        import os
        def handle(conf):
            for n in range(20):
                if n in (0, 7):
                    os.fork()
                yield {"n": n}
            os.fork()
        """,
    )

    async def read() -> list[bytes]:
        answer = await apps.pool.call(of, {})
        assert isinstance(answer, CallStream)
        return [output.json async for output in answer.outputs]

    for _ in range(3):
        assert apps.on_loop(read()) == [b'{"n":%d}' % n for n in range(20)]


def test_leaving_a_stream_ends_the_call(apps: ServedApps) -> None:
    of = release(apps, "import itertools\ndef handle(conf):\n    for n in itertools.count():\n        yield {'n': n}\n")

    async def leave() -> None:
        answer = await apps.pool.call(of, {})
        assert isinstance(answer, CallStream)
        async for _ in answer.outputs:
            break
        await answer.outputs.aclose()

    apps.on_loop(leave())
    eventually(lambda: of.release_id not in apps.pool.stats().by_release)


def test_a_stream_that_nobody_reads_on_leaves_no_files(apps: ServedApps) -> None:
    source = """
        import itertools
        def handle(conf):
            for n in itertools.count():
                open(f"{n}.txt", "w").write("x")
                yield {"f": f"{n}.txt"}
        """
    of = release(apps, source, outputs={"f": "file"})

    async def leave() -> None:
        answer = await apps.pool.call(of, {})
        assert isinstance(answer, CallStream)
        async for output in answer.outputs:
            for file in output.files:
                file.path.unlink()
            break
        await answer.outputs.aclose()

    apps.on_loop(leave())
    eventually(lambda: of.release_id not in apps.pool.stats().by_release)
    assert [*(apps.root / "pool" / "outbox").iterdir()] == []


def test_inputs_beyond_what_a_worker_reads_are_refused(apps: ServedApps, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import os\nWORKER = os.urandom(8).hex()\ndef handle(conf):\n    return {'worker': WORKER}\n"
    of = release(apps, source, inputs={"s": "str"})
    first = result(apps, of, {"s": "x"}).output
    monkeypatch.setattr("openmo.serving.forked.worker.DEFAULT_LIMIT", 1000)
    with pytest.raises(TooLarge, match="1,000"):
        result(apps, of, {"s": "x" * 1000})
    assert result(apps, of, {"s": "x"}).output == first, "and cost no worker"


def test_the_inputs_of_all_calls_together_are_bounded(apps: ServedApps, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import time\ndef handle(conf):\n    time.sleep(conf['seconds'])\n    return {'ret': len(conf['s'])}\n"
    of = release(apps, source, inputs={"s": "str", "seconds": "float"})
    bounds = replace(apps.pool._settings, input_bytes=1000)
    monkeypatch.setattr(apps.pool, "_settings", bounds)

    async def two() -> list[Any]:
        calls = [apps.pool.call(of, {"s": "x" * 600, "seconds": 0.2}) for _ in range(2)]
        return await asyncio.gather(*calls, return_exceptions=True)

    first, second = apps.on_loop(two())
    assert first.output.json == b'{"ret":600}'
    assert isinstance(second, AppBusy)
    assert result(apps, of, {"s": "x" * 600, "seconds": 0}).output.json == b'{"ret":600}', "there is room again"


def test_input_files_are_paths_for_one_call(apps: ServedApps, tmp_path: Path) -> None:
    of = release(
        apps,
        """
        import os
        seen = []
        def handle(conf):
            if not conf.get("f"):
                return {"left": [path for path in seen if os.path.exists(path)]}
            seen.append(conf["f"])
            return {"text": open(conf["f"]).read(), "name": os.path.basename(conf["f"])}
        """,
        inputs={"f": "file"},
    )
    path = tmp_path / "upload"
    path.write_text("hello")
    answer = result(apps, of, {}, {"f": InputFile(path=path, name="note.txt")})
    assert answer.output.json == b'{"text":"hello","name":"0-note.txt"}'
    assert not path.exists()
    eventually(lambda: result(apps, of).output.json == b'{"left":[]}')


def test_output_files_are_handed_over(apps: ServedApps) -> None:
    of = release(
        apps,
        "def handle(conf):\n    open('out.txt', 'w').write('made')\n    return {'f': 'out.txt', 'b': b'raw'}\n",
        outputs={"f": "file", "b": "file"},
    )
    output = result(apps, of).output
    assert output.json == b'{"f":null,"b":null}'
    assert {file.key: file.path.read_bytes() for file in output.files} == {"f": b"made", "b": b"raw"}
    for file in output.files:
        file.path.unlink()


def test_idle_workers_are_stopped(apps: ServedApps) -> None:
    of = adder(apps, limits=replace(QUICK, idle_seconds=0.2))
    result(apps, of, {"x": 1})
    eventually(lambda: of.release_id not in apps.pool.stats().by_release)
    assert result(apps, of, {"x": 1}).output.json == b'{"ret":2}'


def test_a_new_release_answers_while_the_old_one_finishes(apps: ServedApps) -> None:
    old = release(apps, "import time\ndef handle(conf):\n    time.sleep(0.5)\n    return {'v': 1}\n")
    new = release(apps, "def handle(conf):\n    return {'v': 2}\n")

    async def both() -> list[Any]:
        slow = asyncio.create_task(apps.pool.call(old, {}))
        await asyncio.sleep(0)
        quick = await apps.pool.call(new, {})
        return [await slow, quick]

    assert [answer.output.json for answer in apps.on_loop(both())] == [b'{"v":1}', b'{"v":2}']


def test_cancelling_the_wait_ends_the_call_and_its_process(apps: ServedApps) -> None:
    source = "import time\ndef handle(conf):\n    time.sleep(conf['seconds'])\n    return {'ret': 1}\n"
    of = release(apps, source, outputs={"ret": "int"}, limits=replace(QUICK, workers=1))

    async def start() -> list[Any]:
        return [asyncio.ensure_future(apps.pool.call(of, {"seconds": 15})) for _ in range(2)]

    async def cancel(task: Any) -> None:
        task.cancel()
        await asyncio.wait([task])

    running, waiting = apps.on_loop(start())
    (pid,) = eventually(lambda: apps.pool.worker_pids(of.release_id) if apps.pool.stats().busy else ())
    apps.on_loop(cancel(waiting))
    assert apps.pool.stats().queued == 0
    assert apps.pool.worker_pids(of.release_id) == (pid,), "a call that waits costs no process"
    apps.on_loop(cancel(running))
    eventually(lambda: pid not in apps.pool.worker_pids(of.release_id))
    assert result(apps, of, {"seconds": 0}).output.json == b'{"ret":1}'


@pytest.mark.parametrize("source", ["def handle(conf):\n    {}\n", "{}\ndef handle(conf):\n    return {{'ret': 1}}\n"])
def test_callers_learn_no_path_of_this_machine_and_the_owner_all(apps: ServedApps, source: str) -> None:
    of = release(apps, source.format("open(__file__ + '.gone')"), outputs={"ret": "int"})
    with pytest.raises((HandlerFailed, AppNotStarting)) as caught:
        result(apps, of)
    failure = caught.value
    assert isinstance(failure, (HandlerFailed, AppNotStarting))
    assert "'handler.py.gone'" in failure.message
    assert "/handler.py.gone" not in failure.message + str(failure.fields)
    assert "Traceback" not in failure.message + str(failure.fields)
    assert "FileNotFoundError" in failure.trace
