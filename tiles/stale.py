# SPDX-License-Identifier: Apache-2.0
"""From a committed change to exactly the tiles that it makes stale. Pure.

A change touches the tiles that showed the feature at its old place and those that show it at its new one. Tiles show
a little beyond their own square (the buffer), so a symbol at an edge is in the neighbour's tile too.
"""

from collections.abc import Iterable, Sequence

from geo.db.change_log import Change
from geo.tile import Patch, TileId, patch_of
from tiles.extent import BUFFER, EXTENT

# One unit more than the buffer: coordinates are rounded to units, and the index compares boxes in single precision.
MARGIN = (BUFFER + 1) / EXTENT
MAX_NAMED = 256


def patches_of(change: Change) -> list[Patch] | None:
    """Where tiles have to be made anew; ``None`` is everywhere.

    A change that names a feature and has no place (it is known only to its unit) touches no tile.
    """
    boxes = [box for box in (change.old_box, change.new_box) if box is not None]
    if not boxes and change.feature is None:
        return None
    return list(dict.fromkeys(patch_of(*box) for box in boxes))


def tiles_touched(changes: Iterable[Change], zooms: Sequence[int]) -> list[TileId] | None:
    """The stale tiles at some zooms, each once; ``None`` means all of them: nobody knows which, or too many."""
    found: dict[TileId, None] = {}
    for change in changes:
        patches = patches_of(change)
        if patches is None:
            return None
        for span in (patch.span(z, MARGIN) for patch in patches for z in zooms):
            if span.size > MAX_NAMED:
                return None
            found.update(dict.fromkeys(span.tiles()))
            if len(found) > MAX_NAMED:
                return None
    return list(found)
