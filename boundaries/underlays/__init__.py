# SPDX-License-Identifier: Apache-2.0
"""Reference underlays: a scanned map or an orthophoto is judged, turned into a raster for tiles, and kept.

``child`` runs confined and is all that touches the file: ``look`` judges the header, ``grid`` chooses the pixels of the
result, ``convert`` makes it. ``sandbox`` starts it, ``job`` is the work as the worker sees it, ``store`` the rows.
"""
