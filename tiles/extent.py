# SPDX-License-Identifier: Apache-2.0
"""The inner measures of our vector tiles (Mapbox Vector Tile 2.1, section 4.3)."""

# Units along a tile's side.
EXTENT = 4096
# Units that a tile shows beyond its square, so that what stands on an edge is drawn whole.
BUFFER = 64
