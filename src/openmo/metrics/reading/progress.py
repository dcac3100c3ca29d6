"""Metrics in progress text, as Keras, tqdm and hand-written training loops print it.

A line counts only when *all* of it is understood: counters, bars, times, separators and `name: number` pairs. One word
of prose and the line stays what it is, a log line. Besides, something must say that this is training: an epoch, a
progress bar, or a name with a word that only metrics have (loss, accuracy, rmse ...). So `loss: 0.42 - accuracy: 0.87`
is charted; `note: 3 files`, `port: 8080`, `INFO: 12` and `x: 1, y: 2` are not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

TEXT_MAX: Final = 4096
"""Bytes of a line of progress text; a longer one is not looked at."""

NAME_MAX: Final = 64

_SHAPES_MAX: Final = 1024
_SHAPE_MAX: Final = 512
_SHAPE: Final = bytes.maketrans(b"123456789", b"0" * 9)

_WORDS: Final = frozenset(
    [
        "acc",
        "accuracy",
        "auc",
        "bleu",
        "bpb",
        "bpc",
        "cer",
        "dice",
        "elbo",
        "f1",
        "fid",
        "iou",
        "kl",
        "l1",
        "l2",
        "logloss",
        "loss",
        "losses",
        "mae",
        "mape",
        "miou",
        "mse",
        "nll",
        "perplexity",
        "ppl",
        "precision",
        "psnr",
        "r2",
        "recall",
        "return",
        "reward",
        "rmse",
        "rmsle",
        "rouge",
        "score",
        "ssim",
        "wer",
        "损失",
        "准确率",
        "精度",
        "精确率",
        "召回率",
    ]
)
_NOT_METRICS: Final = frozenset(
    ["batch", "elapsed", "epoch", "epochs", "eta", "it", "iter", "iteration", "step", "steps", "time", "v_num"]
)

_ENDS: Final = frozenset(b"0123456789%])}.,;|-\b")
_TAILS: Final = (b"nan", b"NaN", b"inf", b"Inf", b"/step", b"/s", b"ms", b"us", b"\x1b[0m", b"\x1b[K")

_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")
_NUMBER = r"(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:nan|inf(?:inity)?))"
_WORD = r"[^\W\d][\w./@-]{0,63}+(?:'s)?"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}+"
_UNIT = r"(?:[num]s|[µμ]s|s|secs?|seconds?|m|min|minutes?|h|hours?|it|ex|samples?|batch(?:es)?|img|tok|tokens?)"
_EPOCH = (
    r"(?:(?:train|training|val|valid|validation|test|eval|end of)\s+)?['\"]?\bepochs?['\"]?\s*[:=\#]?\s*\[?\s*"
    r"(?P<number>[0-9]{1,9}+)(?!\.?[0-9]|\w)(?:\s*(?:/|of)\s*[0-9]+)?\s*\]?"
)
_PIECES: Final = {
    "gap": r"[\s,;|·•—–.:{}()\[\]-]++",
    "epoch": _EPOCH,
    "counter": r"(?P<done>[0-9]+)\s*/\s*(?P<total>[0-9]+|Unknown)(?![\w/.])",
    "clock": r"[0-9]+(?::[0-9]{2})+(?![\w:])",
    "percent": r"[0-9]+(?:\.[0-9]+)?\s?%",
    "rate": rf"[0-9?]+(?:\.[0-9]+)?\s?{_UNIT}(?:/{_UNIT}|/step|/epoch)?(?![\w/])",
    "bar": r"[\u2500-\u259f]+|[=>\#.]{2,}+\s*",
    "step": r"['\"]?\b(?P<word>(?:global[ _])?step|iter|iteration|round|batch)['\"]?\s*[:=\#]?\s*\[?\s*"
    r"(?P<at>[0-9]{1,18}+)(?!\.?[0-9]|\w)(?:\s*(?:/|of)\s*[0-9]+)?",
    "remaining": r"\beta\s*[:=]\s*(?:[0-9:?]++\s?[dhms]*\s*)+",
    "pair": rf"(?P<quote>['\"]?)(?P<name>{_NAME})(?P=quote)(?:(?P<sign>\s*[:=]\s*)|\s+)(?P<value>{_NUMBER})"
    rf"(?:(?P<unit>\s?{_UNIT}(?:/{_UNIT}|/step|/epoch)?(?![\w/]))|\s*/\s*(?P<of>[0-9]+)(?![\w.])|%)?(?!\w|[.:]\w)",
    "setting": r"[^\W\d]\w{0,63}=[\w./+-]{1,64}",
}
_PIECE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PIECES.items()), re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:\[?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ])?[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?\]?[\s|-]+)?"
    r"(?:\[?(?:DEBUG|INFO|WARN|WARNING|ERROR)\b(?::[\w.]+(?=:))?\]?[\s:|-]*)?"
)
_INDEX = re.compile(r"\[(?P<at>[0-9]{1,18})\]\s")
_TQDM = re.compile(
    r"(?P<desc>[^|]{0,200}?)(?<![0-9.])[0-9]{1,3}%\|[^|]*\|\s*[0-9.]+\w?/(?P<total>[0-9.]+\w?)\s*\[[^\],]*,[^\],]*"
)
_TQDM_OPEN = re.compile(r"(?P<desc>[^|\[]{0,200}?)\b[0-9]+it \[[^\],]*,[^\],]*")
_EPOCH_IN_DESC = re.compile(_EPOCH, re.IGNORECASE)
_SPLIT = re.compile(r"[\W_]+")


@dataclass(slots=True, kw_only=True)
class ProgressLine:
    """What one line of progress text says.

    `total` is its bar's number of steps, as printed. `is_round` says that `step` counts the rounds of a whole training
    (boosting, a solver), which are not inside an epoch.
    """

    epoch: int | None = None
    step: int | None = None
    total: str | None = None
    is_round: bool = False
    is_bar: bool = False
    fractional_epoch: bool = False
    pairs: dict[str, float] = field(default_factory=dict)

    @property
    def is_header(self) -> bool:
        """It only announces an epoch: `Epoch 3/12`."""
        return self.epoch is not None and not self.pairs and not self.is_bar


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
        found, known = ProgressLine(), False
        text = _readable(line)
        for match in _pieces(text, _scan_head(text, found)):
            if match is None:
                self._remember(shape)
                return None
            known |= _take(match, found)
        is_training = known or found.is_bar or found.epoch is not None or found.fractional_epoch
        return found if is_training and (found.pairs or found.epoch is not None) else None

    def _remember(self, shape: bytes) -> None:
        if len(shape) > _SHAPE_MAX:
            return
        if len(self._strange) >= _SHAPES_MAX:
            self._strange.clear()
        self._strange.add(shape)


def _may_be_progress(line: bytes) -> bool:
    if line[-1] not in _ENDS and not line.endswith(_TAILS) and not line[-2:-1].isdigit():
        return False
    return len(line) <= TEXT_MAX and (b":" in line or b"=" in line or b"loss" in line or b"poch" in line)


def _readable(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    return text.strip("\b ").rpartition("\b")[2]  # Keras steps back over its bar before it draws the next


def _pieces(text: str, at: int) -> Iterator[re.Match[str] | None]:
    """The pieces of the text in order, ending with None where one is not understood."""
    while at < len(text):
        match = _PIECE.match(text, at)
        yield match
        if match is None:
            return
        at = match.end()


def _scan_head(text: str, found: ProgressLine) -> int:
    """The end of what stands only at the start of a line: tqdm's bar, or a logger's prefix and an index."""
    if "it [" in text or "%|" in text:
        bar = _TQDM.match(text) or _TQDM_OPEN.match(text)
        if bar is not None:
            found.is_bar = True
            found.total = bar.groupdict().get("total")
            _scan_description(bar["desc"], found)
            return bar.end()
    prefix = _PREFIX.match(text)
    at = prefix.end() if prefix else 0
    index = _INDEX.match(text, at)
    if index is None:
        return at
    found.step, found.is_round = int(index["at"]), True
    return index.end()


def _scan_description(text: str, found: ProgressLine) -> None:
    """The words before tqdm's bar: an epoch anywhere in them, and `loss: 0.42` where all of them are understood."""
    epoch = _EPOCH_IN_DESC.search(text)
    found.epoch = int(epoch["number"]) if epoch else None
    described = ProgressLine()
    for match in _pieces(text, 0):
        if match is None:
            return
        _take(match, described)
    found.pairs.update({name: value for name, value in described.pairs.items() if _is_metric(name)})


def _take(match: re.Match[str], found: ProgressLine) -> bool:
    """Add one piece; True when it names something that only a metric is called."""
    kind = match.lastgroup
    if kind == "epoch":
        found.epoch = int(match["number"])
    elif kind == "step":
        found.step, found.is_round = int(match["at"]), match["word"].lower() in ("iteration", "round")
    elif kind == "counter":
        found.total = match["total"]
    elif kind in ("rate", "bar"):
        found.is_bar |= found.total is not None
    elif kind == "pair":
        return _take_pair(match, found)
    return False


def _take_pair(match: re.Match[str], found: ProgressLine) -> bool:
    name = match["name"]
    is_metric = _is_metric(name)
    if match["unit"] or not (match["sign"] or is_metric):
        return False  # a duration, or two words of which one is a number
    value = float(match["value"])
    if match["of"]:
        value = value / int(match["of"]) if int(match["of"]) else float("nan")
    if name.lower() in _NOT_METRICS:
        found.fractional_epoch |= name.lower() == "epoch"
        return False
    found.pairs[name[:NAME_MAX]] = value
    return is_metric


def _is_metric(name: str) -> bool:
    return not _WORDS.isdisjoint(_SPLIT.split(name.lower()))
