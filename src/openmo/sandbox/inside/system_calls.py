"""Which system calls user code may not make, by name. Stdlib only, for children.

Two reasons: a call acts on processes of others, or few programs need it and faults of the kernel often lay behind it.
"""

import errno

_WHOLE = (  # noqa: SIM905 (quoting forty words would hide what matters)
    "acct clock_settime create_module delete_module fanotify_init finit_module get_robust_list init_module ioperm iopl "
    "kcmp kexec_file_load kexec_load lookup_dcookie modify_ldt nfsservctl open_by_handle_at pidfd_getfd "
    "process_madvise process_mrelease quotactl quotactl_fd reboot setdomainname sethostname settimeofday swapoff "
    "swapon syslog uselib vhangup"
).split()
_MOUNTS = (  # noqa: SIM905 (as above)
    "chroot fsconfig fsmount fsopen fspick listmount mount mount_setattr move_mount open_tree open_tree_attr "
    "pivot_root setns statmount umount2"
).split()

OTHERS = {
    "ioprio_set": "who",
    "pidfd_open": "",
    "pidfd_send_signal": "",
    "prlimit64": "limits",
    "process_vm_readv": "",
    "process_vm_writev": "",
    "sched_setaffinity": "pid",
    "sched_setattr": "pid",
    "sched_setparam": "thread",  # ZeroMQ sets each of its threads by number, and ends its process on a refusal
    "sched_setscheduler": "thread",
    "setpriority": "who",
}
"""Calls on another process, by how their arguments tell: refused where other processes can be named at all."""

ALWAYS = {
    **dict.fromkeys(_WHOLE, ""),
    "clone": "family",  # a brother of the caller would be its parent's child: no limit of the caller's would count it
    "clone3": "absent",  # whose flags no filter can see
    "migrate_pages": "pid",
    "move_pages": "pid",
    "ioctl": "terminals",
}
"""Refused everywhere: looks into other processes, keys pressed in others' terminals, and what changes the machine."""

GROUPS = {
    "io_uring": dict.fromkeys(("io_uring_setup", "io_uring_enter", "io_uring_register"), ""),
    "keys": dict.fromkeys(("add_key", "keyctl", "request_key"), ""),
    "namespaces": {
        "clone": "flags",
        "unshare": "flags",
        **dict.fromkeys(_MOUNTS, ""),
    },
    "sockets": {"socket": "families", "socketpair": "families"},
    "tracing": dict.fromkeys(("bpf", "perf_event_open", "userfaultfd"), ""),
}
"""Refused unless the installation allows the group."""

REFUSAL = errno.EPERM

_X86_64 = (
    "acct 163 add_key 248 bpf 321 chroot 161 clock_settime 227 clone 56 create_module 174 delete_module 176 "
    "fanotify_init 300 finit_module 313 get_robust_list 274 init_module 175 ioctl 16 ioperm 173 iopl 172 "
    "ioprio_set 251 kcmp 312 kexec_file_load 320 kexec_load 246 keyctl 250 lookup_dcookie 212 migrate_pages 256 "
    "modify_ldt 154 mount 165 move_pages 279 nfsservctl 180 open_by_handle_at 304 perf_event_open 298 pivot_root 155 "
    "prlimit64 302 process_vm_readv 310 process_vm_writev 311 quotactl 179 reboot 169 request_key 249 "
    "sched_setaffinity 203 sched_setattr 314 sched_setparam 142 sched_setscheduler 144 setdomainname 171 "
    "sethostname 170 setns 308 setpriority 141 settimeofday 164 socket 41 socketpair 53 swapoff 168 swapon 167 "
    "syslog 103 umount2 166 unshare 272 uselib 134 userfaultfd 323 vhangup 153"
)
_AARCH64 = (
    "acct 89 add_key 217 bpf 280 chroot 51 clock_settime 112 clone 220 delete_module 106 fanotify_init 262 "
    "finit_module 273 get_robust_list 100 init_module 105 ioctl 29 ioprio_set 30 kcmp 272 kexec_file_load 294 "
    "kexec_load 104 keyctl 219 lookup_dcookie 18 migrate_pages 238 mount 40 move_pages 239 nfsservctl 42 "
    "open_by_handle_at 265 perf_event_open 241 pivot_root 41 prlimit64 261 process_vm_readv 270 "
    "process_vm_writev 271 quotactl 60 reboot 142 request_key 218 sched_setaffinity 122 sched_setattr 274 "
    "sched_setparam 118 sched_setscheduler 119 setdomainname 162 sethostname 161 setns 268 setpriority 140 "
    "settimeofday 170 socket 198 socketpair 199 swapoff 225 swapon 224 syslog 116 umount2 39 unshare 97 "
    "userfaultfd 282 vhangup 58"
)
_EVERYWHERE = (
    "clone3 435 fsconfig 431 fsmount 432 fsopen 430 fspick 433 io_uring_enter 426 io_uring_register 427 "
    "io_uring_setup 425 listmount 458 mount_setattr 442 move_mount 429 open_tree 428 open_tree_attr 467 "
    "pidfd_getfd 438 pidfd_open 434 pidfd_send_signal 424 process_madvise 440 process_mrelease 448 quotactl_fd 443 "
    "statmount 457"
)
"""Calls added since Linux 5.0 have the same number on every machine."""


def numbers(machine: str) -> "dict[str, int] | None":
    """Numbers of the calls named here, on that machine (`os.uname().machine`); None for one that is not known."""
    own = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(machine)
    if own is None:
        return None
    words = f"{own} {_EVERYWHERE}".split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


def refused(allowed: "list[str]", *, names_others: bool, network: bool = True) -> "dict[str, str]":
    """The calls to refuse and how their arguments tell, given the groups that the installation allows.

    `names_others`: whether the caller's process numbers reach beyond its sandbox. Without `network` no group lets
    sockets be made but those between processes of the machine.
    """
    found = {**ALWAYS, **(OTHERS if names_others else {})}
    for name, calls in GROUPS.items():
        if name not in allowed:
            found.update(calls)
    if not network:
        found.update(GROUPS["io_uring"], socket="local")  # io_uring makes sockets, too
    return found
