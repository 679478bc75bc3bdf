# SPDX-License-Identifier: Apache-2.0
"""How much an upload may ask of the machine."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of one upload; all of them are held by the child process, not by trust.

    Attributes:
        unpacked_bytes: total that an archive may unpack to.
        ratio: unpacked to packed; judged from ``ratio_from_bytes`` on, as small tables of blanks pack well.
        members: files in an archive.
        memory_bytes: private memory of the child for a small file; a large one gets ``memory_per_byte`` more.
        wall_s: time until the child is ended, ``cpu_s`` of it working.
        rows: features of one layer.
    """

    unpacked_bytes: int = 400 * MIB
    ratio: int = 100
    ratio_from_bytes: int = 10 * MIB
    members: int = 200
    memory_bytes: int = 288 * MIB
    memory_per_byte: int = 6
    memory_most_bytes: int = 1280 * MIB
    wall_s: int = 120
    cpu_s: int = 100
    rows: int = 100_000

    def memory_for(self, size_bytes: int) -> int:
        """Private memory that a child may have which reads so much."""
        return min(self.memory_most_bytes, self.memory_bytes + self.memory_per_byte * size_bytes)
