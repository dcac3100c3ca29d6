"""How busy NVIDIA GPUs are, from the driver's own library. Stdlib only, for the job shim."""

import ctypes

_SUCCESS = 0


class _Rates(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class Gpus:
    """Some GPUs, by UUID. Asking costs microseconds, unlike a call of nvidia-smi."""

    def __init__(self, uuids: "list[str]", library: str = "libnvidia-ml.so.1") -> None:
        """Raises OSError where the driver or one of the GPUs is missing."""
        self._library = ctypes.CDLL(library)
        _check(self._library.nvmlInit_v2(), "nvmlInit")
        self._devices: list[ctypes.c_void_p] = []
        for uuid in uuids:
            device = ctypes.c_void_p()
            _check(self._library.nvmlDeviceGetHandleByUUID(uuid.encode(), ctypes.byref(device)), uuid)
            self._devices.append(device)

    def use(self) -> "tuple[float, int]":
        """Busy GPUs (1.5: one busy, one half busy; NaN where the driver does not say), and bytes in use on them."""
        busy, used = 0.0, 0
        for device in self._devices:
            rates, memory = _Rates(), _Memory()
            if self._library.nvmlDeviceGetUtilizationRates(device, ctypes.byref(rates)) == _SUCCESS:
                busy += rates.gpu / 100
            else:  # a part of a divided GPU
                busy = float("nan")
            if self._library.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) == _SUCCESS:
                used += memory.used
        return busy, used


def _check(result: int, what: str) -> None:
    if result != _SUCCESS:
        raise OSError(f"NVML answered {result} for {what}.")
