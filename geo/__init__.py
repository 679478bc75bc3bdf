# SPDX-License-Identifier: Apache-2.0
"""Geometry, time and the door to PostGIS.

Policy of the whole product: coordinates are (lon, lat) in EPSG:4326 degrees, areas and distances are metres on the
spheroid (or in VN-2000, EPSG:9213), tiles are EPSG:3857, instants are aware UTC. Only ``geo.hexgrid`` speaks
(lat, lng), because H3 does.
"""
