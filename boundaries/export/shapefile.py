# SPDX-License-Identifier: Apache-2.0
"""A zipped Shapefile with what belongs to it: projection with its datum, UTF-8 declared, a text about the version."""

import zipfile
from pathlib import Path

from pyproj import CRS

from boundaries.export.gdal_files import write_with_gdal
from boundaries.export.values import LOCAL, Export, Plan

_ABOUT = """{title_vi}
{title_en}

Bộ đơn vị / set: {unit_set}
Phiên bản / version: {number}
Công bố lúc / published: {published}
Có hiệu lực từ / valid from: {valid_from}
Hệ tọa độ / coordinates: {crs}
Bảng mã / encoding: UTF-8
{approximate}
Nguồn / attribution:
  {attribution_vi}
  {attribution_en}
Giấy phép / licence: {licence}

Trường / fields:
  MA_XA   mã ĐVHC / code
  TEN_XA  tên / name
  TEN_DU  tên đầy đủ / full name
  LOAI    loại / type
  DT_KM2  diện tích trên ellipsoid WGS 84 (km²) / area on the WGS 84 ellipsoid
  HL_TU   hiệu lực từ ngày / valid from
  HL_DEN  đến trước ngày (trống: không có) / valid to, exclusive (empty: none)
"""


def write_shapefile(export: Export, plan: Plan, path: Path) -> None:
    """The zip; its members carry the version's date and lie in the order of their names."""
    folder = path.parent / "shapefile"
    folder.mkdir()
    stem = path.stem
    write_with_gdal(export, plan, folder / f"{stem}.shp")
    # GDAL writes no .cpg for some names of UTF-8, and a .prj that keeps the datum is what this file is for.
    (folder / f"{stem}.cpg").write_text("UTF-8", encoding="ascii")
    (folder / f"{stem}.prj").write_text(CRS.from_epsg(plan.epsg).to_wkt("WKT1_ESRI"), encoding="ascii")
    (folder / "README.txt").write_text(_about(export, plan), encoding="utf-8", newline="\r\n")
    moment = export.version.written_at.timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for member in sorted(folder.iterdir()):
            info = zipfile.ZipInfo(member.name, moment)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, member.read_bytes())


def _about(export: Export, plan: Plan) -> str:
    version = export.version
    missing = "(không ghi / not stated)"
    approximate = "Ranh giới gần đúng, không dùng để đo đạc / approximate lines, not for measuring\n"
    return _ABOUT.format(
        title_vi=version.title_vi,
        title_en=version.title_en,
        unit_set=version.unit_set,
        number=version.number or "dự thảo / draft",
        published=version.published_at.isoformat() if version.published_at else "chưa / not yet",
        valid_from=version.valid_from.isoformat(),
        crs="VN-2000 / TM-3 106-30 (EPSG:9213)" if plan.crs == LOCAL else "WGS 84 (EPSG:4326)",
        approximate=approximate if version.approximate else "",
        attribution_vi=version.attribution_vi or missing,
        attribution_en=version.attribution_en or missing,
        licence=version.licence or missing,
    )
