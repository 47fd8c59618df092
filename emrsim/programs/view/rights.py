"""The rights that programs of a cluster have not, whoever runs emrsim: those on the machine as a whole.

A step that asks for a shutdown, a mount or a kernel module is meant for the cluster, never for the machine.
"""

from __future__ import annotations

import sys
from contextlib import suppress

# Source: capabilities(7), by number. Those on files and on processes of the same user stay.
MACHINE_WIDE = {
    "CAP_LINUX_IMMUTABLE": 9,
    "CAP_NET_ADMIN": 12,
    "CAP_SYS_MODULE": 16,
    "CAP_SYS_RAWIO": 17,
    "CAP_SYS_PACCT": 20,
    "CAP_SYS_ADMIN": 21,
    "CAP_SYS_BOOT": 22,
    "CAP_SYS_TIME": 25,
    "CAP_SYS_TTY_CONFIG": 26,
    "CAP_MKNOD": 27,
    "CAP_AUDIT_CONTROL": 30,
    "CAP_MAC_OVERRIDE": 32,
    "CAP_MAC_ADMIN": 33,
    "CAP_SYSLOG": 34,
    "CAP_WAKE_ALARM": 35,
    "CAP_BLOCK_SUSPEND": 36,
    "CAP_BPF": 39,
}

# Where systemd and logind are asked to power a machine off: not there for programs of a cluster.
NO_SYSTEM_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/dev/null/no-system-bus-in-a-step"}


def give_up_rights() -> None:
    """Give up MACHINE_WIDE rights, and any that a set-user-id program would give, for this thread.

    What it starts from now on has them neither. Where the system is not Linux, nothing changes.
    """
    if not sys.platform.startswith("linux"):
        return
    from emrsim.programs.view.kernel import PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, prctl

    prctl(PR_SET_NO_NEW_PRIVS, 1)
    for number in MACHINE_WIDE.values():
        # Only root has rights to give up, and an old kernel does not know them all.
        with suppress(OSError):
            prctl(PR_CAPBSET_DROP, number)
