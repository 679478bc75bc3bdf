# SPDX-License-Identifier: Apache-2.0
"""The headings of the layer panel."""

from layers.spec import Group, Text

OPERATIONS = Group("operations", Text("Vận hành", "Operations"), 10)
DEVICES = Group("devices", Text("Thiết bị", "Devices"), 20)
FACILITIES = Group("facilities", Text("Cơ sở công cộng", "Public facilities"), 30)
INDICATORS = Group("indicators", Text("Chỉ số theo xã, phường", "Indicators of units"), 35)
ADMINISTRATION = Group("administration", Text("Địa giới hành chính", "Administrative units"), 40)

OSM_CREDIT = Text("© Những người đóng góp OpenStreetMap (ODbL)", "© OpenStreetMap contributors (ODbL)")
