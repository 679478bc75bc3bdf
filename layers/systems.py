# SPDX-License-Identifier: Apache-2.0
"""The systems that a province connects, as the design names them. A source belongs to one of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from layers.spec import Text


class System(NamedTuple):
    """One connected system, and the layers that its records belong to."""

    id: str
    title: Text
    layers: tuple[str, ...]


_ALL = (
    System("field_reports", Text("Phản ánh hiện trường", "Field reports"), ("incidents",)),
    System("citizen_app", Text("Ứng dụng C-ThaiNguyen, ThaiNguyenID", "Citizen app"), ("incidents", "app_accounts")),
    System("alerts", Text("Tin cảnh báo", "Published alerts"), ("alerts",)),
    System("cameras", Text("Quản lý camera", "Camera management"), ("cameras",)),
    System("traffic_cameras", Text("Camera giao thông, vi phạm", "Traffic-violation cameras"), ("detections",)),
    System("environment", Text("Quan trắc môi trường", "Environmental monitoring"), ("sensors",)),
    System("media", Text("Giám sát báo chí, mạng xã hội", "Press and social monitoring"), ("media",)),
    System("education", Text("Cơ sở dữ liệu ngành giáo dục", "Education database"), ("schools", "school_pupils")),
    System("health_records", Text("Hồ sơ sức khoẻ điện tử", "Health records"), ("clinics", "health_records")),
    System("vaccination", Text("Quản lý tiêm chủng", "Vaccination management"), ("clinics", "vaccinations")),
    System("province_ioc", Text("IOC tỉnh", "Province IOC"), ("incidents", "alerts")),
    System("city_ioc", Text("IOC thành phố (trước 01/7/2025)", "Former city IOCs"), ("incidents", "alerts")),
    System("data_platform", Text("Nền tảng dữ liệu tỉnh (LGSP)", "Provincial data platform"), ("places",)),
    System("video_conference", Text("Truyền hình hội nghị", "Video conferencing"), ("meeting_points",)),
    System("tourism", Text("Du lịch thông minh", "Smart tourism"), ("attractions",)),
    System("traffic", Text("Giao thông thông minh", "Smart traffic"), ("incidents",)),
    System("public_order", Text("Trật tự, an toàn đô thị", "Public order"), ("incidents",)),
)
SYSTEMS: Mapping[str, System] = MappingProxyType({system.id: system for system in _ALL})
