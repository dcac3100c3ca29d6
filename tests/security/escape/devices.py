"""Device files of the machine: to open, change and make them. None is written to."""

import fcntl
import os
import stat

from .attempt import Target, Void, attempt

BOTH = ("Landlock", "view")


@attempt("view", upon="machine", ordinary=("view", "capabilities"))
def change_the_mode_of_a_device(target: Target) -> object:
    """Sets the mode of the machine's /dev/full to what it is, which shows that it could be another."""
    before = target.original("/dev/full")
    os.chmod("/dev/full", stat.S_IMODE(before.st_mode))
    return "changed"


@attempt("view", upon="machine", ordinary=("view", "capabilities"))
def change_the_owner_of_a_device(target: Target) -> object:
    """Sets the owner of the machine's /dev/random to who it is."""
    before = target.original("/dev/random")
    os.chown("/dev/random", before.st_uid, before.st_gid)
    return "changed"


@attempt("view", upon="machine", ordinary=("view", "capabilities"))
def change_the_times_of_a_device(target: Target) -> object:
    """Sets the times of the machine's /dev/zero to what they are."""
    before = target.original("/dev/zero")
    os.utime("/dev/zero", ns=(before.st_atime_ns, before.st_mtime_ns))
    return "changed"


@attempt("view", upon="machine", ordinary=("view", "capabilities"))
def change_the_mode_of_the_terminal(target: Target) -> object:
    """Sets the mode of the machine's /dev/tty to what it is."""
    before = target.original("/dev/tty")
    os.chmod("/dev/tty", stat.S_IMODE(before.st_mode))
    return "changed"


@attempt("view", "capabilities", upon="machine")
def set_an_attribute_of_a_device(target: Target) -> object:
    """Sets an extended attribute of the machine's /dev/urandom, and removes it at once."""
    target.original("/dev/urandom")
    name = "trusted.planted" if os.geteuid() == 0 else "user.planted"
    os.setxattr("/dev/urandom", name, b"x")
    os.removexattr("/dev/urandom", name)
    return "changed"


def _opens(path: str, flags: int = os.O_RDONLY) -> str:
    os.close(os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY))
    return "opened"


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_the_kernels_messages(_: Target) -> object:
    """Opens the kernel's messages, to write among them."""
    return _opens("/dev/kmsg", os.O_WRONLY)


@attempt(*BOTH, "capabilities", upon="machine")
def open_the_memory_of_the_machine(_: Target) -> object:
    """Opens the machine's memory."""
    return _opens("/dev/mem")


@attempt(*BOTH, "capabilities", upon="machine")
def open_the_ports_of_the_machine(_: Target) -> object:
    """Opens the machine's input and output ports."""
    return _opens("/dev/port")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_a_disk(_: Target) -> object:
    """Opens a disk of the machine past its file system."""
    disks = [name for name in os.listdir("/sys/class/block") if os.path.exists(f"/dev/{name}")]
    if not disks:
        raise Void("this machine has no disk in /dev")
    return _opens(f"/dev/{disks[0]}")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_the_hypervisor(_: Target) -> object:
    """Opens the machine's hypervisor (KVM)."""
    return _opens("/dev/kvm", os.O_RDWR)


@attempt(*BOTH, upon="machine", ordinary=BOTH)
def open_fuse(_: Target) -> object:
    """Opens FUSE, to be a file system that others use."""
    return _opens("/dev/fuse", os.O_RDWR)


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_loop_control(_: Target) -> object:
    """Opens the control of loop devices, to mount images."""
    return _opens("/dev/loop-control", os.O_RDWR)


@attempt(*BOTH, upon="machine", ordinary=BOTH)
def open_a_tunnel(_: Target) -> object:
    """Opens the device of network tunnels."""
    return _opens("/dev/net/tun", os.O_RDWR)


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_a_console(_: Target) -> object:
    """Opens a console of the machine."""
    return _opens("/dev/tty1", os.O_RDWR)


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_the_generator_of_randomness(_: Target) -> object:
    """Opens the hardware's generator of random numbers."""
    return _opens("/dev/hwrng")


@attempt("capabilities", upon="machine")
def make_a_device_of_the_kernels_messages(target: Target) -> object:
    """Makes a device file of the kernel's messages in its own folder, and opens it."""
    os.mknod(target.token, 0o600 | stat.S_IFCHR, os.makedev(1, 11))
    return _opens(target.token, os.O_WRONLY)


@attempt("capabilities", "Landlock", upon="machine", ordinary=("capabilities", "Landlock"))
def make_a_device_of_a_disk(target: Target) -> object:
    """Makes a device file of a loop device in its own folder, and opens it."""
    os.mknod(target.token, 0o600 | stat.S_IFBLK, os.makedev(7, 0))
    return _opens(target.token)


@attempt("view", upon="machine")
def write_to_a_terminal_of_others(target: Target) -> object:
    """Writes to a terminal that another process reads."""
    descriptor = os.open(target.terminal, os.O_WRONLY | os.O_NOCTTY)
    os.write(descriptor, target.token.encode() + b"\n")
    return ""  # whether it arrived is seen outside


@attempt(*BOTH, "capabilities", upon="machine")
def type_into_a_terminal_of_others(target: Target) -> object:
    """Types into a terminal that another process has open (TIOCSTI)."""
    descriptor = os.open(target.terminal, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(descriptor, 0x5412, b"x")
    return "typed"
