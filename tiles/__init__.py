# SPDX-License-Identifier: Apache-2.0
"""Bytes for z/x/y, and what describes them: vector tiles, hexagon tiles, TileJSON, the style, the layer manifest."""
