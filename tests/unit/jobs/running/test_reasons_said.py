"""What people read of why a job waits and how it ended: the cause and what mends it, in both languages."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from openmo.events.values import Amount
from openmo.jobs.running.reasons import SENTENCES, Reason, say
from openmo.languages.language import CHINESE, ENGLISH, translations


class Read(NamedTuple):
    """What the reason names, what must stand in the English sentence, and what in the Chinese one."""

    params: Mapping[str, Amount]
    english: tuple[str, ...]
    chinese: tuple[str, ...]


CPUS = {"cpus": 2, "free_cpus": 1, "all_cpus": 4}
GPUS = {"gpus": 2, "free_gpus": 1, "all_gpus": 4}
EXPECTED = {
    "starting": Read({}, ("in a moment",), ("马上",)),
    "waiting_cpus": Read(CPUS, ("needs 2", "1 of 4"), ("2", "4")),
    "waiting_gpus": Read(GPUS, ("needs 2", "1 of 4"), ("GPU", "2", "4")),
    "waiting_disk": Read({}, ("nearly full", "Delete old results"), ("磁盘",)),
    "waiting_turn": Read({}, ("its turn",), ("排队",)),
    "waiting_never": Read(CPUS | GPUS, ("cannot start here", "ask for less"), ("CPU", "GPU")),
    "building_environment": Read({}, ("being built",), ("环境",)),
    "exited": Read({"exit_code": 3}, ("exit code 3", "at its end"), ("退出码 3",)),
    "exited_saying": Read(
        {"exit_code": 1, "line": "give --data"}, ("after the line: give --data.", "run the job again"), ("give --data",)
    ),
    "exited_error": Read(
        {"exit_code": 1, "error": "ValueError: no rows"},
        ("Exit code 1: ValueError: no rows.", "correct it and run the job again"),
        ("ValueError: no rows", "修改后重新运行"),
    ),
    "missing_module": Read({"exit_code": 1, "module": "cv9"}, ("“cv9”", "!pip install"), ("软件包“cv9”",)),
    "missing_file": Read({"exit_code": 1, "path": "a.csv"}, ("no file a.csv", "check the name"), ("没有文件 a.csv",)),
    "reads_input": Read({"exit_code": 1}, ("no keyboard", "argument"), ("键盘",)),
    "disk_full": Read({}, ("disk is full", "Delete old results"), ("磁盘已满",)),
    "too_many_files": Read({"exit_code": 1}, ("too many files", "Close them"), ("文件太多",)),
    "not_allowed": Read({"exit_code": 1, "error": "no /etc"}, ("no /etc", "results/"), ("no /etc", "results/")),
    "crashed": Read({"signal": "SIGSEGV"}, ("SIGSEGV", "another version"), ("SIGSEGV", "崩溃")),
    "signalled": Read({"signal": "SIGKILL"}, ("SIGKILL from outside", "Run it again"), ("外部的 SIGKILL", "重新运行")),
    "time_limit": Read({"limit_seconds": 90}, ("time limit of 1 min 30 s", "larger one"), ("1 min 30 s", "时间")),
    "out_of_memory": Read(
        {"peak_bytes": 81 << 20, "limit_bytes": 80 << 20}, ("may hold 80 MiB", "smaller batches"), ("80 MiB",)
    ),
    "too_many_processes": Read({}, ("processes and threads", "fewer workers"), ("进程",)),
    "machine_out_of_memory": Read({"peak_bytes": 1 << 30}, ("The machine", "smaller batches"), ("内存",)),
    "terminated_by": Read({"who": "ada"}, ("Stopped by ada",), ("ada",)),
    "terminated": Read({}, ("was stopped",), ("停止",)),
    "lost": Read({}, ("was killed", "Run it again"), ("再次运行",)),
    "lost_machine": Read({}, ("machine was restarted", "Run it again"), ("重启", "再次运行")),
    "end_unrecorded": Read({}, ("damaged or gone", "Run it again"), ("损坏", "再次运行")),
    "not_started": Read({}, ("could not be started", "Run it again"), ("无法启动", "重新运行")),
    "cannot_start": Read({"why": "File exists"}, ("File exists", "run it again"), ("无法启动", "File exists")),
}


def test_every_reason_is_read_here() -> None:
    assert set(EXPECTED) == set(SENTENCES)


@pytest.mark.parametrize("code", EXPECTED)
def test_a_reason_names_the_cause_and_what_mends_it(code: str) -> None:
    params, english, chinese = EXPECTED[code]
    for language, parts in ((ENGLISH, english), (CHINESE, chinese)):
        text = say(Reason(code, params), translations(language).gettext)
        assert [part for part in parts if part not in text] == [], text


def test_a_reason_of_another_version_says_nothing() -> None:
    assert say(Reason("unheard_of")) == ""
    assert say(Reason("exited_error", {"exit_code": 1})) == ""
