"""The instance types that ListSupportedInstanceTypes names, a part of those that EMR supports.

docs/facts/api.md#normalizedinstancehours names m1.small to m2.xlarge, m4.xlarge and m5.xlarge; all else is
assumed: the other types, the releases they came with, and the hardware, which is what EC2 publishes of each
type.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InstanceType:
    """An instance type: its hardware, and the first release of EMR that has it."""

    name: str
    cpus: int
    memory_gb: float
    disks: int = 0
    disk_gb: int = 0  # of each disk
    first_release: tuple[int, int, int] = (4, 0, 0)
    architecture: str = "X86_64"
    is_64_bits_only: bool = True

    @property
    def family(self) -> str:
        """`m5` of `m5.xlarge`."""
        return self.name.split(".")[0]

    @property
    def is_ebs_optimized(self) -> bool:
        """Whether it is so by default: the types without disks of their own are."""
        return self.disks == 0


_M5 = (5, 13, 0)
_GRAVITON = (5, 30, 0)

INSTANCE_TYPES = (
    InstanceType("m1.medium", 1, 3.75, 1, 410, is_64_bits_only=False),
    InstanceType("m1.large", 2, 7.5, 2, 420),
    InstanceType("m1.xlarge", 4, 15, 4, 420),
    InstanceType("m2.xlarge", 2, 17.1, 1, 420),
    InstanceType("m2.2xlarge", 4, 34.2, 1, 850),
    InstanceType("m2.4xlarge", 8, 68.4, 2, 840),
    InstanceType("m3.xlarge", 4, 15, 2, 40),
    InstanceType("m3.2xlarge", 8, 30, 2, 80),
    InstanceType("c1.medium", 2, 1.7, 1, 350, is_64_bits_only=False),
    InstanceType("c1.xlarge", 8, 7, 4, 420),
    InstanceType("c3.xlarge", 4, 7.5, 2, 40),
    InstanceType("c3.2xlarge", 8, 15, 2, 80),
    InstanceType("r3.xlarge", 4, 30.5, 1, 80),
    InstanceType("r3.2xlarge", 8, 61, 1, 160),
    InstanceType("m4.large", 2, 8),
    InstanceType("m4.xlarge", 4, 16),
    InstanceType("m4.2xlarge", 8, 32),
    InstanceType("m4.4xlarge", 16, 64),
    InstanceType("c4.large", 2, 3.75),
    InstanceType("c4.xlarge", 4, 7.5),
    InstanceType("c4.2xlarge", 8, 15),
    InstanceType("m5.xlarge", 4, 16, first_release=_M5),
    InstanceType("m5.2xlarge", 8, 32, first_release=_M5),
    InstanceType("m5.4xlarge", 16, 64, first_release=_M5),
    InstanceType("c5.xlarge", 4, 8, first_release=_M5),
    InstanceType("c5.2xlarge", 8, 16, first_release=_M5),
    InstanceType("r5.xlarge", 4, 32, first_release=_M5),
    InstanceType("r5.2xlarge", 8, 64, first_release=_M5),
    InstanceType("m6g.xlarge", 4, 16, first_release=_GRAVITON, architecture="AARCH64"),
    InstanceType("m6g.2xlarge", 8, 32, first_release=_GRAVITON, architecture="AARCH64"),
)
