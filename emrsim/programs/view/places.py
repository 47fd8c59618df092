"""Where EMR's machines have what (source: releases facts 3), and whose each place is."""

from __future__ import annotations

# Folders of the cluster's own, whatever the machine has there: `places/etc/spark` is /etc/spark, and so on.
# /home/hadoop and /mnt are too, but have folders of their own.
OWN = (
    *("/emr", "/mnt1"),
    *("/etc/hadoop", "/etc/hive", "/etc/spark"),
    *("/usr/lib/hadoop", "/usr/lib/hadoop-hdfs", "/usr/lib/hadoop-lzo", "/usr/lib/hadoop-mapreduce"),
    *("/usr/lib/hadoop-yarn", "/usr/lib/hive", "/usr/lib/hive-hcatalog", "/usr/lib/spark"),
    *("/usr/lib/hudi", "/usr/lib/pig", "/usr/lib/tez", "/usr/share/aws"),
    *("/var/log/hadoop", "/var/log/hadoop-mapreduce", "/var/log/hadoop-yarn"),
    *("/var/log/hive", "/var/log/spark"),
)

# What programs on PATH read that are started without the cluster's variables (`env -i`), below `places`.
ENVIRONMENT_FILE = "emr/emrsim/environment"

HOME, DISK = "/home/hadoop", "/mnt"

# Folders in which new names are the cluster's own, and what the machine has stays in sight.
SHARED = ("/home", "/opt", "/var", "/var/log")

# Folders of the system: what root's steps write there is the cluster's own, the machine's stays as it is.
COVERED = ("/usr", "/etc", "/bin", "/sbin")

# More of these, for root's steps alone, since others cannot write there: these, and the folders within.
COVERED_FOR_ROOT = ("/boot", "/srv", "/lib", "/lib32", "/lib64", "/libx32")
COVERED_WITHIN = ("/opt", "/var")
NOT_COVERED = ("/var/log", "/var/tmp")

# What programs keep in the home of the user who runs emrsim and share on purpose: downloads.
CACHES = (".cache", ".gradle", ".ivy2", ".m2", ".npm")

# Folders of programs: one of emrsim's own is the program of its name in any of them.
PROGRAM_FOLDERS = (
    *("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"),
    *("/home/hadoop/bin", "/home/hadoop/.versions/*/bin", "/home/hadoop/*/bin"),
    *("/usr/lib/*/bin", "/usr/lib/*/sbin"),
)

# Where the machine as a whole is controlled: nothing is there for a cluster's programs. `{user}` is the
# number of the user who runs them.
MASKED = (
    *("/run/dbus/system_bus_socket", "/run/systemd/private", "/run/initctl", "/dev/initctl"),
    *("/run/systemd/io.systemd.Manager", "/run/systemd/io.systemd.Login", "/run/systemd/io.systemd.Shutdown"),
    # Who can ask these daemons can do to the machine what root can.
    *("/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock"),
    *("/run/podman/podman.sock", "/run/crio/crio.sock", "/run/snapd.socket", "/run/libvirt/libvirt-sock"),
    *("/run/user/{user}/docker.sock", "/run/user/{user}/podman/podman.sock"),
    *("/run/user/{user}/bus", "/run/user/{user}/systemd/private"),
    *("/proc/sysrq-trigger", "/sys/power/state", "/sys/power/disk", "/dev/watchdog", "/dev/watchdog0"),
)

# Settings of the kernel, which are the machine's: can be read, not written.
READ_ONLY = ("/proc/sys", "/sys")
