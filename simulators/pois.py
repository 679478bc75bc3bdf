# SPDX-License-Identifier: Apache-2.0
"""Schools, clinics and other places of OpenStreetMap (© OpenStreetMap contributors, ODbL 1.0)."""

import json
import re
import unicodedata

from simulators.boundaries import DATA, Ground, Json

# category of OpenStreetMap -> (layer, kind, name where OpenStreetMap has none: we invent no proper names)
KINDS: dict[str, tuple[str, str, str]] = {
    "school": ("schools", "school", "Trường học"),
    "kindergarten": ("schools", "kindergarten", "Trường mầm non"),
    "college": ("schools", "college", "Trường cao đẳng, trung cấp"),
    "university": ("schools", "university", "Trường đại học"),
    "hospital": ("clinics", "hospital", "Bệnh viện"),
    "clinic": ("clinics", "clinic", "Cơ sở khám chữa bệnh"),
    "pharmacy": ("clinics", "pharmacy", "Nhà thuốc"),
    "police": ("places", "police", "Trụ sở công an"),
    "townhall": ("places", "townhall", "Trụ sở UBND"),
    "fire_station": ("places", "fire_station", "Đội chữa cháy"),
    "post_office": ("places", "post_office", "Bưu điện"),
    "community_centre": ("places", "community_centre", "Nhà văn hóa"),
    "marketplace": ("places", "marketplace", "Chợ"),
    "bus_station": ("places", "bus_station", "Bến xe"),
    "place_of_worship": ("places", "worship", "Cơ sở tôn giáo, tín ngưỡng"),
    "fuel": ("places", "fuel", "Cửa hàng xăng dầu"),
    "bank": ("places", "bank", "Ngân hàng"),
    "library": ("places", "library", "Thư viện"),
    "prison": ("places", "other", "Trại giam"),
    "ranger_station": ("places", "other", "Trạm kiểm lâm"),
}
LAYERS = ("schools", "clinics", "places")
# A practice named after its doctor or healer names a person: such a name is not shown.
_PERSON = re.compile(r"\b(bác s[ĩỹ]|bs\.?|thầy|lương y|ông|bà) (?=\w)", re.IGNORECASE)
# A level of government that ended on 1 July 2025; OpenStreetMap still has its offices.
_ABOLISHED = re.compile(r"\b(huyện|thị xã|thị trấn|thành phố)\b", re.IGNORECASE)
_PRACTICES = ("clinic", "pharmacy", "hospital")


def generate(ground: Ground) -> dict[str, list[Json]]:
    """GeoJSON features by layer, only those inside the province of the demonstration, ordered by id."""
    layers: dict[str, list[Json]] = {layer: [] for layer in LAYERS}
    collection = json.loads((DATA / "osm_poi_thai_nguyen.geojson").read_text(encoding="utf-8"))
    for feature in sorted(collection["features"], key=lambda f: int(f["properties"]["osm_id"])):
        layer, kind, generic = KINDS[feature["properties"]["category"]]
        lon, lat = (round(value, 7) for value in feature["geometry"]["coordinates"])
        if ground.today_at(lon, lat) is None:
            continue
        properties = {"name": _name(feature["properties"], generic), "kind": kind}
        address = _address(feature["properties"])
        if address:
            properties["address"] = address
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        layers[layer].append(
            {"type": "Feature", "id": feature["id"], "properties": properties, "geometry": geometry}
        )
    return layers


def anchors(features: dict[str, list[Json]]) -> list[tuple[float, float]]:
    """Where the real places are: reports gather around them."""
    return [tuple(f["geometry"]["coordinates"]) for layer in LAYERS for f in features[layer]]


def _name(tags: Json, generic: str) -> str:
    name = unicodedata.normalize("NFC", str(tags.get("name") or tags.get("name:vi") or "")).strip()
    if not name or (tags["category"] in _PRACTICES and _PERSON.search(name)):
        return f"{generic} (chưa rõ tên)"
    return f"{name} (trước 01/7/2025)" if _ABOLISHED.search(name) else name


def _address(tags: Json) -> str:
    street = " ".join(str(tags[key]) for key in ("addr:housenumber", "addr:street") if tags.get(key))
    parts = [part for part in (street, str(tags.get("addr:city") or "")) if part]
    return unicodedata.normalize("NFC", ", ".join(parts))
