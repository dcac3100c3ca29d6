"""What the name of a pair says: a metric, a duration, a setting, or nothing in particular."""

import re
from enum import Enum
from functools import lru_cache
from typing import Final


class NameKind(Enum):
    """What may be done with the number behind a name."""

    METRIC = "metric"
    """Only metrics are called so: the line is training output."""
    LIKELY = "likely"
    """Metrics are called so, and settings too (`precision`, `l2`, `iou`)."""
    OTHER = "other"
    """A value like any other: it counts where something else says that this is training."""
    NEVER = "never"
    """Time, memory, throughput, a date, a setting."""


METRIC_KINDS: Final = (NameKind.METRIC, NameKind.LIKELY)

_METRICS: Final = frozenset(
    {"acc", "accuracy", "auc", "auprc", "auroc", "bleu", "bpb", "bpc", "cer", "chrf", "dice", "elbo", "f1", "fid",
     "logloss", "loss", "losses", "lpips", "mae", "mape", "mcc", "meteor", "miou", "mlogloss", "mrr", "mse", "ndcg",
     "nll", "perplexity", "ppl", "psnr", "r2", "recall", "rew", "reward", "rewards", "rmse", "rmsle", "rouge",
     "score", "smape", "ssim", "wer"}
)  # fmt: skip
_LIKELY: Final = frozenset(
    {"ap", "iou", "kl", "l1", "l2", "map", "precision", "return", "returns"}
)  # fmt: skip
_NEVER: Final = frozenset(
    {"bandwidth", "bytes", "clock", "cuda", "date", "datetime", "dur", "duration", "elapsed", "eta", "flops", "flos",
     "fps", "gb", "gib", "hour", "hours", "ips", "kb", "latency", "lineno", "mb", "mem", "memory", "mfu", "mib",
     "minute", "minutes", "ms", "pid", "port", "qps", "ram", "remaining", "rss", "runtime", "sec", "second",
     "seconds", "secs", "speed", "sps", "tflops", "throughput", "time", "times", "timestamp", "tps", "ts", "ups",
     "usage", "vram", "wall", "wps"}
)  # fmt: skip
_COUNTERS: Final = frozenset(
    {"batch", "bsz", "epoch", "epochs", "global_step", "instances", "it", "iter", "iteration", "iterations", "iters",
     "num_updates", "round", "step", "steps", "timesteps", "total_timesteps", "v_num", "wpb"}
)  # fmt: skip
_SETTINGS: Final = frozenset(
    {"bs", "coef", "coeff", "coefficient", "coefficients", "cutoff", "depth", "dropout", "eps", "epsilon", "factor",
     "fn", "func", "function", "goal", "images", "imgsz", "limit", "margin", "mode", "num", "patience", "reduction",
     "samples", "scale", "seed", "size", "smoothing", "target", "targets", "temperature", "thr", "thresh",
     "threshold", "thresholds", "tol", "tolerance", "type", "weight", "weights", "workers"}
)  # fmt: skip
_METRICS_ZH: Final = ("损失", "准确率", "正确率", "精度", "精确率", "召回率", "误差", "困惑度", "奖励")
_NEVER_ZH: Final = re.compile("时间|耗时|用时|剩余|内存|显存|速度|进度|日期|阈值|权重|目标|系数|批大小|批次大小|种子")
_COUNTERS_ZH: Final = ("轮次", "轮数", "步数", "批次", "迭代次数")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPLIT: Final = re.compile(r"[\W_]+")
_GLUED: Final = re.compile(r"(?:train|val|valid|test|eval|avg|mean|total)(?=.)")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> NameKind:
    """What a pair of that name is."""
    words = _words(name)
    lower = name.lower()
    if not name.isascii():
        if _NEVER_ZH.search(name) or name in _COUNTERS_ZH:
            return NameKind.NEVER
        if any(word in name for word in _METRICS_ZH):
            return NameKind.METRIC
    if lower in _COUNTERS or lower == "data" or lower.endswith(("/s", "/sec", ".py")) or _is_cost_of_time(words):
        return NameKind.NEVER
    ends_as_metric = bool(words) and (words[-1] in _METRICS or words[-1] in _LIKELY)
    if not ends_as_metric and (not _NEVER.isdisjoint(words) or _ends_as_setting(words)):
        return NameKind.NEVER
    if not _METRICS.isdisjoint(words):
        return NameKind.METRIC if _SETTINGS.isdisjoint(words) else NameKind.OTHER
    return NameKind.OTHER if _LIKELY.isdisjoint(words) else NameKind.LIKELY


def _words(name: str) -> list[str]:
    """The name's words in lower case, as they are and without a number or a `train` stuck to them."""
    found = []
    for word in _SPLIT.split(name):
        lower = word.lower()
        parts = [lower] if lower in _METRICS or lower in _LIKELY else _CAMEL.sub(" ", word).lower().split()
        for part in parts:
            plain = part if part in _METRICS or part in _LIKELY else part.rstrip("0123456789") or part
            glued = _GLUED.match(plain)
            found.append(plain[glued.end() :] if glued and plain[glued.end() :] in _METRICS else plain)
    while len(found) > 1 and found[-1].isdigit():  # `loss_0`, `Acc@1`
        found.pop()
    return found


def _ends_as_setting(words: list[str]) -> bool:
    return bool(words) and (words[-1] in _SETTINGS or words[-2:] == ["weight", "decay"])


def _is_cost_of_time(words: list[str]) -> bool:
    """Paddle calls durations so: `batch_cost`, `avg_reader_cost`."""
    return words[-2:] in (["batch", "cost"], ["reader", "cost"])
