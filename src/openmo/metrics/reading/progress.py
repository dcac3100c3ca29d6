"""Metrics in progress text, as Keras, tqdm and hand-written training loops print it.

A line counts only when *all* of it is understood: counters, bars, times, separators and `name: number` pairs. One word
of prose and the line stays what it is, a log line. Besides, something must say that this is training: an epoch, a
progress bar, or a name with a word that only metrics have (loss, accuracy, rmse ...). So `loss: 0.42 - accuracy: 0.87`
is charted; `note: 3 files`, `port: 8080`, `INFO: 12` and `x: 1, y: 2` are not. Durations, memory, throughput and
settings are understood and left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from openmo.core.terminal import step_back
from openmo.metrics.reading import grammar
from openmo.metrics.reading.names import METRIC_KINDS, NameKind, kind_of

TEXT_MAX: Final = 4096
"""Bytes of a line of progress text; a longer one is not looked at."""

NAME_MAX: Final = 64

_ITERATION_MAX: Final = 15
"""Digits; what is longer counts no iterations."""

_SHAPES_MAX: Final = 1024
_SHAPE_MAX: Final = 512
_SHAPE: Final = bytes.maketrans(b"123456789", b"0" * 9)

_ENDS: Final = frozenset(b"0123456789%])}.,;|-\b")
_TAILS: Final = tuple(
    tail.encode()
    for tail in (
        *(
            "nan",
            "NaN",
            "inf",
            "Inf",
            "/step",
            "/s",
            "ms",
            "us",
            "\x1b[0m",
            "\x1b[K",
            "\x1b[A",
            "/sec",
            "/second",
            " s",
            " sec",
            "secs",
        ),
        *("secs", "/second", " seconds", "/it", "/batch", "MB", "GB", "iB", "N/A", "?", "'", '"', " dB", "│", "┃"),
        *("）", "。", "】", "；", "，", "％", "秒", "钟"),
    )
)
_WIDE_COLON: Final = "：".encode()
_TRAINING: Final = frozenset(["train", "training"])


@dataclass(slots=True, kw_only=True)
class ProgressLine:
    """What one line of progress text says.

    `total` is its bar's number of steps, as printed. `at` is the iteration of a training, and `length` how many there
    are of them (0: unknown), on lines that are no progress bars. `is_round` says that `step` counts the rounds of a
    whole training (boosting, a solver), which are not inside an epoch.
    """

    epoch: int | None = None
    step: int | None = None
    at: int | None = None
    length: int = 0
    total: str | None = None
    is_round: bool = False
    is_bar: bool = False
    is_redrawn: bool = False
    """Another line is printed over it."""
    fractional_epoch: bool = False
    says_more: bool = False
    """Something else stands beside the epoch, such as how long it took."""
    pairs: dict[str, float] = field(default_factory=dict)

    @property
    def is_header(self) -> bool:
        """It only announces an epoch: `Epoch 3/12`."""
        return self.epoch is not None and not (self.pairs or self.is_bar or self.says_more)


class ProgressScanner:
    """Tells progress text from all other lines, most of which it turns away without a regular expression.

    Programs print the same kinds of lines again and again: what two lines with the same characters, but for the digits,
    are made of is the same. So the shapes of lines that could not be understood are remembered, a bounded number.
    """

    def __init__(self) -> None:
        self._strange: set[bytes] = set()

    def scan(self, line: bytes) -> ProgressLine | None:
        """What the line (stripped, not empty) says; None when it is not progress text as a whole or says nothing."""
        if not _may_be_progress(line):
            return None
        shape = line.translate(_SHAPE)
        if shape in self._strange:
            return None
        reading = _Reading()
        if not reading.read(readable(line)):
            self._remember(shape)
            return None
        if reading.found.at is not None:
            reading.found.is_redrawn = b"\b" in line
        return reading.result

    def _remember(self, shape: bytes) -> None:
        if len(shape) > _SHAPE_MAX:
            return
        if len(self._strange) >= _SHAPES_MAX:
            self._strange.clear()
        self._strange.add(shape)


def is_open_bar(text: bytes) -> bool:
    """Whether this is a progress bar, as it stands in a line that it leaves open."""
    if len(text) > TEXT_MAX:
        return False
    reading = _Reading()
    return reading.read(readable(text)) and reading.found.is_bar


def _may_be_progress(line: bytes) -> bool:
    if line[-1] not in _ENDS and not line.endswith(_TAILS) and not line[-2:-1].isdigit():
        return False
    if len(line) > TEXT_MAX:
        return False
    return (
        b":" in line
        or b"=" in line
        or b"loss" in line
        or b"poch" in line
        or b"cc" in line
        or b"rew" in line
        or _WIDE_COLON in line
    )


def readable(line: bytes) -> str:
    """The line as a terminal shows it, wide punctuation made narrow."""
    text = line.decode("utf-8", "replace")
    if "\x1b" in text:
        text = grammar.TERMINAL.sub("", text)
    if "\b" in text:
        shown, last = step_back(text), text.strip("\b ").rpartition("\b")[2]
        text = last if 2 * len(last) > len(shown) else shown  # a bar that is drawn anew, though not from its very start
    return (text.translate(grammar.WIDE) if grammar.HAS_WIDE.search(text) else text).strip()


class _Reading:
    """One line, taken apart piece by piece."""

    def __init__(self) -> None:
        self.found = ProgressLine()
        self._phase = ""
        """Stands before the names of an evaluation, so that they are not taken for the training's own."""
        self._known = self._likely = self._is_drawn = False

    @property
    def result(self) -> ProgressLine | None:
        """The line, if something in it says that this is training."""
        found = self.found
        is_placed = found.is_bar or found.epoch is not None or found.fractional_epoch
        is_training = self._known or is_placed or (self._likely and found.step is not None)
        return found if is_training and (found.pairs or found.epoch is not None) else None

    def read(self, text: str) -> bool:
        """Whether all of it is understood."""
        for match in _pieces(text, self._read_head(text)):
            if match is None:
                return False
            if match.lastgroup != "gap":
                self._take(match)
        if self._is_drawn:
            self.found.at = None
        return True

    def _read_head(self, text: str) -> int:
        """The end of what stands only at the start of a line: tqdm's bar, or a logger's prefix and an index."""
        if "it [" in text or "%|" in text:
            bar = grammar.TQDM.match(text) or grammar.TQDM_OPEN.match(text)
            if bar is not None:
                self.found.is_bar = self._is_drawn = True
                self.found.total = bar.groupdict().get("total")
                self._read_description(bar["desc"])
                return bar.end()
        prefix = grammar.PREFIX.match(text)
        at = prefix.end() if prefix else 0
        if summary := grammar.SUMMARY.match(text, at):
            self._phase = "Test"
            return summary.end()
        index = grammar.INDEX.match(text, at)
        if index is None:
            return at
        if index["epoch"]:
            self.found.epoch = int(index["epoch"])
            self._take_iteration(index["batch"], "0")
            return index.end()
        self.found.step, self.found.is_round = int(index["at"] or index["round"]), True
        self._known |= index["round"] is not None
        return index.end()

    def _read_description(self, text: str) -> None:
        """The words before tqdm's bar: an epoch anywhere in them, and `loss: 0.42` where all of them are understood."""
        evaluation = grammar.EVALUATION.search(text)
        self._phase = evaluation["word"] if evaluation else ""
        epoch = grammar.EPOCH_IN_TEXT.search(text)
        self.found.epoch = _number(epoch, "number", "ordinal", "count") if epoch else None
        described = _Reading()
        for match in _pieces(text, 0):
            if match is None:
                return
            described._take(match)
        pairs = described.found.pairs.items()
        self.found.pairs.update({name: value for name, value in pairs if kind_of(name) in METRIC_KINDS})

    def _take(self, match: re.Match[str]) -> None:
        found, kind = self.found, match.lastgroup
        found.says_more |= kind in ("pair", "remaining")
        if kind == "pair":
            self._take_pair(match)
        elif kind in ("epoch", "epoch_zh", "pass"):
            found.epoch = _number(match, "number", "ordinal", "count", "pass_number")
            self._enter(match["phase_of_epoch"] or match["kind_of_epoch"] or match["pass_of"])
        elif kind in ("step", "step_zh"):
            found.step = _number(match, "at", "ordinal_step", "count_step")
            found.is_round = (match["word"] or "").lower() in ("iteration", "round")
            self._enter(match["step_of"])
            total = grammar.OF.search(match[0])
            self._take_iteration(str(found.step), total["total"] if total else "0")
        elif kind == "phase" and not match["is_set"]:
            self._enter(match["tag"] or match["label"])
        elif kind == "counter":
            found.total = match["total"]
            if found.epoch is not None and found.step is None and not found.pairs:  # else it belongs to a pair or bar
                self._take_iteration(match["done"], found.total)
        elif kind in ("rate", "bar"):
            found.is_bar |= found.total is not None
            if found.epoch is not None and kind == "bar":
                self._is_drawn |= _is_bar(match[0], behind_counter=found.is_bar)

    def _take_iteration(self, done: str, total: str) -> None:
        """Where the training is; what an evaluation counts is its own."""
        if not self._phase and len(done) <= _ITERATION_MAX:
            self.found.at = int(done)
            self.found.length = int(total) if len(total) <= _ITERATION_MAX and total.isdecimal() else 0

    def _enter(self, phase: str | None) -> None:
        if phase:
            self._phase = "" if phase.lower() in _TRAINING else phase

    def _take_pair(self, match: re.Match[str]) -> None:
        name, text = match["name"], match["value"] or match["boxed"]
        kind = kind_of(name)
        is_metric = kind in METRIC_KINDS
        if match["unit"] or not (match["sign"] or is_metric):
            return  # a duration, or two words of which one is a number
        if kind is NameKind.NEVER or (match["percent_sign"] and not is_metric) or _is_in_bits(name, text):
            self.found.fractional_epoch |= name.lower() == "epoch"
            return
        value = float(text)
        if match["of"]:
            value = value / int(match["of"]) if int(match["of"]) else float("nan")
        self.found.pairs[self._full_name(name)[:NAME_MAX]] = value
        self._known |= kind is NameKind.METRIC
        self._likely |= kind is NameKind.LIKELY

    def _full_name(self, name: str) -> str:
        """The name with what is evaluated before it, unless it says so itself."""
        first = grammar.EVALUATION.match(name.replace("_", " "))
        if first is None:
            return f"{self._phase} {name}" if self._phase else name
        if not self.found.pairs and not self._phase and name[first.end() :].startswith(" "):
            self._phase = first["word"]  # `val Loss: 0.5 Acc: 0.8`: both are of the validation
        return name


def _is_in_bits(name: str, text: str) -> bool:
    """`precision: 16` is a setting."""
    return text.isdigit() and len(text) > 1 and name.lower() in ("precision", "精度")


def _is_bar(text: str, *, behind_counter: bool) -> bool:
    """Whether it is drawn as a bar, and not as an arrow or a line between columns."""
    return len(text) > 1 and (behind_counter or not text.isascii())


def _number(match: re.Match[str], *names: str) -> int:
    groups = match.groupdict()
    return int(next(groups[name] for name in names if groups.get(name)))


def _pieces(text: str, at: int) -> Iterator[re.Match[str] | None]:
    """The pieces of the text in order, ending with None where one is not understood."""
    while at < len(text):
        match = grammar.PIECE.match(text, at)
        yield match
        if match is None:
            return
        at = match.end()
