"""What every confined process sees of the machine, whoever it belongs to. Stdlib only, for children."""

# ruff: noqa: PTH110, PTH207 (loading pathlib would cost every child 9 ms of its start)

import glob
import os

PROGRAMS = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/gnu/store")
"""Programs and libraries: read and run."""

_ETC = (  # noqa: SIM905 (seventy quoted words would hide what matters)
    "OpenCL alternatives bash.bashrc bash_completion ca-certificates ca-certificates.conf crypto-policies "
    "debian_version fonts gai.conf gitconfig glvnd group host.conf hosts inputrc issue java-17-openjdk "
    "java-21-openjdk ld.so.cache ld.so.conf ld.so.conf.d ld.so.preload locale.alias locale.conf localtime "
    "lsb-release magic mailcap mime.types nsswitch.conf os-release papersize passwd pki profile profile.d "
    "protocols resolv.conf rpc services shells ssl terminfo texmf timezone vulkan xdg"
).split()
SETTINGS = (*(f"/etc/{name}" for name in _ETC), "/var/cache/fontconfig", "/var/lib/texmf")
"""System settings that programs need and that hold no secret: read only. Never /etc as a whole (shadow, keys)."""

KERNEL = (
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/devices/virtual/dmi/id/product_name",
    "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage",
    "/sys/module/nvidia",
)
"""Facts from which numerical libraries choose their number of threads: read only."""

WORK = "/home/jovyan/work"
"""Where Mo and Jupyter's images have the user's project; public code names its files by that path."""

TEMPORARY = "/run/openmo"
"""A short name of the policy's temporary folder, in a view of its own."""
TERMINALS = ("/dev/tty", "/dev/ptmx", "/dev/pts")
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (POSIX shared memory has this one name; each sandbox gets its own where it can)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def gpus() -> list[str]:
    """Device files of NVIDIA and AMD GPUs."""
    return [*sorted(glob.glob("/dev/nvidia*")), *(path for path in ("/dev/kfd", "/dev/dri") if os.path.exists(path))]


def devices() -> list[str]:
    """Device files that programs need: the usual pseudo-devices and the GPUs."""
    return [*_DEVICES, *gpus()]
