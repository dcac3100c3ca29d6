"""The pieces that progress text is made of, as regular expressions; none takes more than linear time."""

import re
from typing import Final

NUMBER: Final = r"(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:nan|inf(?:inity)?))"
_CALL = r"\((?:[^()\s]|\([^()\s]{1,16}\)){1,24}\)"  # `D(G(z))`
_WORD = rf"[^\W\d][\w./@-]{{0,63}}+(?:'s|{_CALL})?"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}+"
_TIME_UNIT = r"(?:[num]s|[µμ]s|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|毫秒|秒钟?|分钟?|小时)"
_BYTE_UNIT = r"(?:[kmgtp]i?b?|b|bytes?)"
_COUNT_UNIT = r"(?:its?|ex|examples?|samples?|batch(?:es)?|imgs?|images?|tok|tokens?|steps?|frames?|words?|fps)"
_PER = r"(?:s|sec|second|min|minute|h|hour|it|iter|step|batch|epoch|sample|image|img|token|example|秒)"
_UNIT = rf"(?:\s?[a-zµμ]{{0,12}}/{_PER}|\s?(?:{_TIME_UNIT}|{_BYTE_UNIT})|{_COUNT_UNIT})(?![\w/]|\s*[:=])"
_CLOCK = r"[0-9]+(?::[0-9]{2})+(?:\.[0-9]+)?"
_DATE = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)?"
_SPELT = rf"(?:[0-9.]+\s?{_TIME_UNIT}(?![\w/]|\s*[:=])[\s,]*)+"
_DURATION = rf"(?:(?:[0-9]+\s*days?\s*,?\s*)?{_CLOCK}(?![\w:])|{_DATE}(?![\w:])|{_SPELT}|n/?a\b|\?+|-+(?::-+)+)"
_WAITING = r"(?:eta|elapsed|remaining(?: time)?|time (?:left|remaining)|剩余时间|耗时|用时)"
_REMAINING = rf"\b(?:{_WAITING}\s*[:=]?|{_NAME}\s*[:=])\s*{_DURATION}"
PHASES: Final = r"train|training|val|valid|validation|test|testing|eval|evaluation|dev"
EPOCH: Final = (
    rf"(?:(?:(?P<phase_of_epoch>{PHASES})|end of)\s+)?['\"]?\b"
    r"epoch(?:s(?=['\"]?\s*[:=\#]?\s*\[?\s*[0-9]+\s*(?:/|of)))?['\"]?"
    rf"(?:\s*\(\s*(?P<kind_of_epoch>{PHASES})\s*\))?\s*[:=\#]?\s*\[?\s*"
    r"(?P<number>[0-9]{1,9}+)(?!\.?[0-9]|\w)(?:\s*(?:/|of)\s*[0-9]+)?\s*\]?"
)
_EPOCH_ZH = (
    r"(?:第\s*(?P<ordinal>[0-9]{1,9})\s*(?:/\s*[0-9]+\s*)?(?:轮|个?epoch)|"
    r"轮[次数]?\s*[:=]?\s*\[?\s*(?P<count>[0-9]{1,9})(?:\s*/\s*[0-9]+)?(?![\w.]))"
)
PIECES: Final = {
    "phase": rf"(?:\[(?P<tag>{PHASES})\]|"
    rf"\b(?P<label>{PHASES})(?P<is_set>\s+(?:set|results?))?(?:\s*:(?=\s)|\s+[|>-](?=\s)))"
    r"(?!\s*[-+]?[0-9])",
    "gap": r"[\s,;|·•—–.:{}()\[\]*#-]++",
    "epoch": EPOCH,
    "epoch_zh": _EPOCH_ZH,
    "pass": rf"\b(?P<pass_of>{PHASES})\s*:\s*(?P<pass_number>[0-9]{{1,9}})\s*(?=\[\s*[0-9]+\s*/)",
    "step": r"['\"]?\b(?P<word>(?:global[ _])?step|iters?|iteration|round|batch|episode)['\"]?"
    r"(?:\s*\(\s*(?P<step_of>\w+)\s*\))?\s*[:=\#]?\s*\[?\s*"
    r"(?P<at>[0-9]{1,18}+)(?!\.?[0-9]|\w)(?:\s*(?:/|of)\s*[0-9]+)?",
    "step_zh": r"(?:第\s*(?P<ordinal_step>[0-9]{1,18})\s*(?:/\s*[0-9]+\s*)?(?:步|次迭代|个?batch)|"
    r"(?:步数?|迭代(?:次数)?)\s*[:=]?\s*(?P<count_step>[0-9]{1,18})(?:\s*/\s*[0-9]+)?(?![\w.]))",
    "pair": rf"(?P<quote>['\"]?)(?P<name>{_NAME})(?P=quote)(?:(?P<sign>\s*[:=]\s*)|\s*[|│┃]\s*|\s+)"
    rf"(?:(?:tensor|np\.float[0-9]+)\((?P<boxed>{NUMBER})(?:,\s*\w+=[^(),]{{1,60}})*\)|"
    rf"(?P<mark>['\"]?)(?P<value>{NUMBER})(?P=mark))"
    rf"(?:(?P<unit>{_UNIT})|\s*/\s*(?P<of>[0-9]+)(?![\w.])|(?P<percent_sign>\s?%))?"
    rf"(?:\s*(?:\+/-|[±+])\s*{NUMBER})?(?:\s*\(\s*{NUMBER}\s*\)|\s+/\s+{NUMBER}|\s?dB)?(?!\w|[.:]\w|-[0-9]+-)",
    "remaining": _REMAINING,
    "counter": r"(?P<done>[0-9]+)\s*/\s*(?P<total>[0-9]+|Unknown)(?![\w/.])(?:\s+(?:batches|steps|iters)\b)?",
    "date": rf"{_DATE}(?![\w:])",
    "clock": rf"{_CLOCK}(?![\w:])",
    "percent": r"[0-9]+(?:\.[0-9]+)?\s?%",
    "rate": rf"(?:[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?|\?){_UNIT}|[0-9]+ (?:trees?|lea(?:f|ves))\b",
    "bar": r"[\u2500-\u259f]+|[=>\#.]{2,}+\s*",
    "setting": r"[^\W\d]\w{0,63}=[\w./+-]{1,64}",
}

PIECE: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PIECES.items()), re.IGNORECASE)
EPOCH_IN_TEXT: Final = re.compile(rf"{EPOCH}|{_EPOCH_ZH}", re.IGNORECASE)

_STAMP = (
    r"[\[(]?(?:(?:[0-9]{4}[-/.])?[0-9]{1,2}[-/.][0-9]{1,2}(?:[-/.][0-9]{2,4})?[T ]+)?[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_LEVEL = r"(?:DEBUG|INFO|WARN|WARNING|ERROR|SUCCESS)"
_LOGGER = rf"(?!(?:{_LEVEL}|[Ee]poch|[Ss]tep|[Ii]ter)\b)[A-Za-z_][\w.]*(?::[\w<>.]+)?(?::[0-9]+)?"
_BEHIND_LEVEL = rf"(?:{_LOGGER}(?:\s+[-|]\s+|:\s+(?![-+.]?[0-9]|nan|inf)))?"
_LEVEL_PART = (
    rf"\[?{_LEVEL}\b(?:\|[\w.]+:[0-9]+)?(?::[\w.]+(?=:))?\]?[\s:|-]*(?:{_STAMP}[\])]?\s*>>\s*)?{_BEHIND_LEVEL}"
)
_GLOG = r"[IW][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+\s+[0-9]+\s+[\w./-]+:[0-9]+\]\s*"
_RANK = r"(?:\[(?:rank|default)[0-9]+\]:\s*|\(\w+ pid=[0-9]+[^)]{0,60}\)\s*)?"
PREFIX: Final = re.compile(
    rf"{_RANK}(?:{_GLOG}|{_STAMP}(?:\s+{_LOGGER}\]|[\])])?:?(?:[\s|,-]+|$)"
    rf"(?:{_LOGGER}(?:\s+[-|]\s+|\s+(?=\[?{_LEVEL}\b)))?(?:{_LEVEL_PART})?|{_LEVEL_PART})?"
)
"""What a logger writes before its message: rank, time, its name, the level."""

INDEX: Final = re.compile(
    r"\[(?P<epoch>[0-9]{1,9}),\s*(?P<batch>[0-9]+)\]\s+(?=loss)|\[(?P<at>[0-9]{1,18})\]:?\s|"
    r"(?P<round>[0-9]{1,18}):\s+(?=(?:learn|test)[0-9]*: )"
)
"""A round of boosting, as XGBoost and LightGBM (`[3]`) and CatBoost (`3:`) begin a line; epoch, batch (`[1, 20]`)."""
OF: Final = re.compile(r"(?:/|of)\s*(?P<total>[0-9]+)")
"""How many there are, in a piece that counts."""
SUMMARY: Final = re.compile(r"\*\s+(?=Acc@)")
"""How PyTorch's ImageNet example begins the summary of a validation."""
TQDM: Final = re.compile(
    r"(?P<desc>[^|]{0,200}?)(?<![0-9.])[0-9]{1,3}%\|[^|]*\|\s*[0-9.]+\w?/(?P<total>[0-9.]+\w?)\s*\[[^\],]*,[^\],]*"
)
TQDM_OPEN: Final = re.compile(r"(?P<desc>[^|\[]{0,200}?)\b[0-9]+it \[[^\],]*,[^\],]*")
EVALUATION: Final = re.compile(
    r"\b(?P<word>val|valid|validation|validating|test|testing|eval|evaluation|evaluating|dev)\b", re.IGNORECASE
)
TERMINAL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")
WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x3001: ",",
    0x3002: ".",
    0x3010: "[",
    0x3011: "]",
}
"""Wide punctuation, digits and letters, and what they stand for."""
HAS_WIDE: Final = re.compile("[\u3000-\u3002\u3010\u3011\uff01-\uff5e]")
