# SPDX-License-Identifier: Apache-2.0
"""How much an underlay may ask of the machine."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class RasterLimits:
    """Limits of one raster. Sizes are judged by its header, before a pixel is read; the kernel holds the rest.

    Attributes:
        pixels: width times height.
        unpacked_bytes: all pixels of all bands.
        block_bytes: one tile or strip, which is unpacked at once.
        made_pixels: of the result; a finer raster is stored coarser.
        memory_bytes: private memory of the child.
        written_bytes: the largest file that it may write.
        wall_s: time until the child is ended, ``cpu_s`` of it working.
    """

    side: int = 65_000
    pixels: int = 600_000_000
    bands: int = 4
    unpacked_bytes: int = 2_400 * MIB
    block_bytes: int = 192 * MIB
    made_pixels: int = 1_000_000_000
    memory_bytes: int = 768 * MIB
    written_bytes: int = 8_192 * MIB
    cache_bytes: int = 96 * MIB
    wall_s: int = 1_200
    cpu_s: int = 1_000
