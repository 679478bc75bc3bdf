# SPDX-License-Identifier: Apache-2.0
"""What incidents are about, and how they reach us: choices of the layer of incidents, which has no room for them."""

from layers.spec import Choice, Text

KINDS = (
    Choice("traffic", Text("Giao thông", "Traffic")),
    Choice("environment", Text("Môi trường", "Environment")),
    Choice("order", Text("An ninh, trật tự", "Public order")),
    Choice("infrastructure", Text("Hạ tầng đô thị", "Urban infrastructure")),
    Choice("construction", Text("Xây dựng", "Construction")),
    Choice("fire", Text("Cháy, nổ", "Fire")),
    Choice("flood", Text("Ngập, lụt", "Flood")),
    Choice("power", Text("Điện, viễn thông", "Power and telecom")),
    Choice("health", Text("Y tế", "Health")),
    Choice("other", Text("Lĩnh vực khác", "Other")),
)
CHANNELS = (
    Choice("app", Text("Ứng dụng C-ThaiNguyen", "C-ThaiNguyen app")),
    Choice("hotline", Text("Tổng đài", "Hotline")),
    Choice("web", Text("Cổng thông tin", "Web portal")),
    Choice("field", Text("Cán bộ hiện trường", "Field officer")),
    Choice("camera", Text("Camera", "Camera")),
)
