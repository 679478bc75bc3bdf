# SPDX-License-Identifier: Apache-2.0
"""The stable codes of findings: each with its usual severity and one sentence in Vietnamese and in English.

A sentence says what is wrong and what to do; the finding itself adds the units, the numbers and the names.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "question", "error", "reject"]
Unit = Literal["m2", "m", "count", "bytes"]


@dataclass(frozen=True)
class FindingKind:
    """What a code means whenever it is raised."""

    code: str
    severity: Severity
    text_vi: str
    text_en: str


_FILE = (
    FindingKind("FILE_CORRUPT", "error", "Tệp bị hỏng hoặc tải lên chưa trọn; hãy gửi lại tệp.",
                "The file is damaged or was not sent whole; send it again."),
    FindingKind("FILE_INCOMPLETE", "warning",
                "Bộ Shapefile thiếu một tệp thành phần; hãy gửi đủ .shp, .shx, .dbf, .prj.",
                "The shapefile lacks one of its parts; send .shp, .shx, .dbf and .prj together."),
    FindingKind("FILE_TYPE_MISMATCH", "reject", "Nội dung không đúng với đuôi tên tệp; hãy gửi đúng loại tệp.",
                "What the file holds is not what its name says; send the real file."),
    FindingKind("FILE_UNSAFE_NAME", "reject", "Tệp nén có tên đi ra ngoài thư mục hoặc có liên kết; tệp bị từ chối.",
                "The archive has names that leave its folder, or links; it is refused."),
    FindingKind("FILE_TOO_LARGE_UNPACKED", "reject", "Nội dung giải nén vượt giới hạn; hãy chia nhỏ tệp.",
                "What the archive unpacks to passes the limit; send less at once."),
    FindingKind("FILE_NESTED_ARCHIVE", "error", "Trong tệp nén lại có tệp nén; hãy giải nén một lớp rồi gửi lại.",
                "There is an archive inside the archive; unpack one layer and send it again."),
    FindingKind("FILE_FORBIDDEN_DRIVER", "reject", "Tệp thuộc loại trỏ sang tệp khác hoặc ra mạng, không được phép mở.",
                "The file is of a kind that points at other files or the network, which is never opened."),
    FindingKind("FILE_UNSAFE_XML", "reject", "Tệp XML khai báo DTD hoặc thực thể; hãy xuất lại mà không có phần đó.",
                "The XML declares a DTD or entities; export it again without them."),
    FindingKind("FILE_UNSUPPORTED", "error",
                "Loại tệp này chưa đọc được; hãy gửi Shapefile, GeoPackage, GeoJSON, DXF hoặc DGN v7.",
                "This kind of file cannot be read; send a Shapefile, GeoPackage, GeoJSON, DXF or DGN v7."),
    FindingKind("FILE_ENCRYPTED", "error", "Tệp nén có mật khẩu; hãy gửi bản không đặt mật khẩu.",
                "The archive has a password; send it without one."),
    FindingKind("FILE_READ_LIMIT", "reject",
                "Đọc tệp vượt giới hạn bộ nhớ hoặc thời gian nên đã dừng; hãy gửi tệp nhỏ hơn.",
                "Reading passed the limit of memory or time and was stopped; send a smaller file."),
)  # fmt: skip

_LAYER = (
    FindingKind("LAYER_NONE", "error", "Không có lớp bản đồ nào trong tệp; hãy gửi tệp có hình ranh giới.",
                "There is no map layer in the file; send one that holds the shapes."),
    FindingKind("LAYER_EMPTY", "error", "Lớp không có đối tượng nào; hãy kiểm tra lại bước xuất dữ liệu.",
                "The layer has no feature; look at how it was exported."),
    FindingKind("LAYER_AMBIGUOUS", "question", "Có nhiều lớp trong tệp; hãy chọn lớp ranh giới.",
                "The file has several layers; choose the one with the boundaries."),
    FindingKind("FIELD_MISSING", "error", "Không có trường thuộc tính cần thiết (mã hoặc tên đơn vị).",
                "A field that is needed (code or name of the unit) is not there."),
    FindingKind("FIELD_MAPPING", "question", "Hãy xác nhận trường nào là mã, tên, loại và đơn vị cấp trên.",
                "Confirm which field is the code, the name, the type and the parent."),
)  # fmt: skip

_CRS = (
    FindingKind("CRS_MISSING", "question", "Tệp không khai báo hệ toạ độ; hãy chọn một hệ.",
                "The file declares no coordinate system; choose one."),
    FindingKind("CRS_SUGGEST", "question", "Có hệ toạ độ đặt các đơn vị đúng chỗ trong tỉnh; hãy xác nhận.",
                "There is a coordinate system that puts the units in their place; confirm it."),
    FindingKind("CRS_OUT_OF_RANGE", "error", "Toạ độ không thể thuộc hệ đã khai báo.",
                "The coordinates cannot belong to the declared system."),
    FindingKind("CRS_OUTSIDE_AREA", "error", "Với hệ toạ độ đã khai báo, các đơn vị nằm ngoài địa bàn của chúng.",
                "In the declared coordinate system the units lie outside of their area."),
    FindingKind("CRS_AXIS_SWAPPED", "error", "Hai trục toạ độ bị đổi chỗ (X là bắc, Y là đông, hoặc vĩ độ trước).",
                "The two axes are swapped (X north and Y east, or latitude first)."),
    FindingKind("CRS_DATUM_SUSPECT", "warning",
                "Hệ toạ độ khai báo mất phép chuyển mốc VN-2000; các đơn vị lệch khoảng 224 m.",
                "The declared system lost the VN-2000 datum shift; the units lie some 224 m off."),
    FindingKind("CRS_GEOJSON_MEMBER", "warning", "GeoJSON có khai báo crs kiểu cũ; đã đọc theo hệ đó.",
                "The GeoJSON has a crs member of the old kind; it was honoured."),
)  # fmt: skip

_TEXT = (
    FindingKind("ENC_MOJIBAKE", "warning", "Tên đơn vị bị vỡ chữ vì khai báo sai bảng mã.",
                "Names are garbled because the declared encoding is wrong."),
    FindingKind("ENC_LEGACY", "warning", "Tên đơn vị viết bằng bảng mã cũ (TCVN3 hoặc VNI).",
                "Names are in a legacy encoding (TCVN3 or VNI)."),
    FindingKind("ENC_SUGGEST", "question", "Có bảng mã cho ra đúng tên các đơn vị; hãy xác nhận.",
                "There is an encoding that gives the known names; confirm it."),
    FindingKind("ENC_NOT_NFC", "info", "Chữ có dấu ở dạng tổ hợp; đã đưa về dạng dựng sẵn (NFC).",
                "Accented letters were decomposed; they were composed (NFC)."),
    FindingKind("NAME_VARIANT", "info", "Tên viết khác với tên chính thức; hãy chọn cách viết.",
                "A name is spelled differently from the official one; choose the spelling."),
    FindingKind("NAME_UNSAFE", "error", "Tên chứa mã lệnh, ký tự ẩn hoặc quá dài; hãy sửa lại.",
                "A name holds markup, hidden characters or is far too long; correct it."),
)  # fmt: skip

_GEOMETRY = (
    FindingKind("GEOM_TYPE", "error", "Hình không phải là vùng; ranh giới phải là Polygon hoặc MultiPolygon.",
                "A shape is no area; boundaries are Polygon or MultiPolygon."),
    FindingKind("GEOM_NULL", "error", "Đơn vị không có hình.", "A unit has no shape."),
    FindingKind("GEOM_EMPTY", "error", "Hình của đơn vị rỗng.", "A unit's shape is empty."),
    FindingKind("GEOM_INVALID_RING", "error", "Đường biên tự cắt; hãy sửa hoặc nhận đề xuất sửa.",
                "A ring crosses itself; correct it or take the proposed repair."),
    FindingKind("GEOM_SPIKE", "error", "Đường biên có gai nhọn không bề rộng.", "A ring has a spike of no width."),
    FindingKind("GEOM_REPEATED_POINTS", "warning", "Đường biên có điểm lặp lại.", "A ring repeats points."),
    FindingKind("GEOM_RING_ORDER", "warning", "Chiều của đường biên ngược với quy ước.",
                "Rings run against the convention."),
    FindingKind("GEOM_3D_DROPPED", "warning",
                "Hình có cao độ; phần cao độ bị bỏ.",
                "Shapes have heights; these are dropped."),
    FindingKind("GEOM_NON_FINITE", "error", "Toạ độ không phải là số hữu hạn.", "A coordinate is not a finite number."),
    FindingKind("GEOM_DUPLICATE_FEATURE", "warning", "Một đối tượng có mặt hai lần.", "A feature is there twice."),
)  # fmt: skip

_TOPOLOGY = (
    FindingKind("TOPO_OVERLAP", "error", "Hai đơn vị chồng lên nhau.", "Two units overlap."),
    FindingKind("TOPO_GAP", "error", "Giữa các đơn vị có khoảng trống.", "There is a gap between units."),
    FindingKind("TOPO_SLIVER_GAP", "warning", "Giữa các đơn vị có khe hở hẹp.", "There is a narrow gap between units."),
    FindingKind("TOPO_EDGE_MISMATCH", "warning",
                "Đường biên chung không trùng đỉnh.",
                "A shared edge has other vertices on each side."),
    FindingKind("TOPO_OUTSIDE_PARENT", "error",
                "Đơn vị nằm ngoài địa bàn cấp trên.",
                "A unit lies outside of its parent."),
)  # fmt: skip

_CODE = (
    FindingKind("CODE_NULL", "error", "Đơn vị không có mã.", "A unit has no code."),
    FindingKind("CODE_FORMAT", "error", "Mã không đúng dạng 5 chữ số.", "A code is not 5 digits."),
    FindingKind("CODE_DUPLICATE", "error", "Một mã xuất hiện nhiều lần.", "A code is there more than once."),
    FindingKind("CODE_MISSING_UNIT", "error",
                "Thiếu đơn vị có trong bản đang công bố.",
                "A unit of the published set is absent."),
    FindingKind("CODE_NAME_MISMATCH", "error",
                "Mã và tên không cùng một đơn vị.",
                "Code and name are not of one unit."),
    FindingKind("CODE_WRONG_PERIOD", "error", "Mã thuộc thời kỳ khác.", "Codes are of another period."),
    FindingKind("CODE_FROM_OVERLAP", "warning", "Tệp không có mã; mã được gán theo phần chồng với bản đang công bố.",
                "The file has no codes; they were assigned by overlap with the published version."),
)  # fmt: skip

_DIFFERENCE = (
    FindingKind("DIFF_AREA_LOST", "error", "Tổng diện tích khác nhiều so với bản đang công bố.",
                "The total area differs much from the published version."),
    FindingKind("DIFF_MOVED", "error", "Đơn vị nằm xa chỗ của nó trong bản đang công bố.",
                "A unit lies far from its place in the published version."),
    FindingKind("DIFF_SYSTEMATIC_SHIFT", "error", "Tất cả đơn vị lệch đi cùng một đoạn so với bản đang công bố.",
                "All units moved by the same vector against the published version."),
)  # fmt: skip

_RASTER = (
    FindingKind("RASTER_NOT_TIFF", "reject", "Tệp không phải là ảnh GeoTIFF; hãy gửi bản .tif có toạ độ.",
                "The file is no GeoTIFF; send the .tif that has coordinates."),
    FindingKind("RASTER_POINTS_ELSEWHERE", "reject",
                "Tệp chỉ trỏ sang tệp khác (VRT, XML), không được phép mở; hãy gửi chính ảnh GeoTIFF.",
                "The file only points at others (VRT, XML), which is never opened; send the GeoTIFF itself."),
    FindingKind("RASTER_CORRUPT", "error", "Ảnh bị hỏng hoặc tải lên chưa trọn; hãy gửi lại tệp.",
                "The image is damaged or was not sent whole; send it again."),
    FindingKind("RASTER_TOO_LARGE", "reject", "Ảnh có kích thước vượt giới hạn; hãy cắt hoặc giảm độ phân giải.",
                "The image has more pixels than the limit; cut it or send it coarser."),
    FindingKind("RASTER_READ_LIMIT", "reject",
                "Xử lý ảnh vượt giới hạn bộ nhớ hoặc thời gian nên đã dừng; hãy gửi ảnh nhỏ hơn.",
                "Work on the image passed the limit of memory or time and was stopped; send a smaller one."),
    FindingKind("RASTER_BANDS", "error",
                "Số kênh hoặc kiểu số của ảnh không hiển thị được; hãy gửi ảnh xám hoặc màu 8 hay 16 bit.",
                "Bands or numbers of the image cannot be shown; send grey or colours of 8 or 16 bits."),
    FindingKind("RASTER_CRS_MISSING", "error", "Ảnh không khai báo hệ toạ độ; hãy chọn hệ toạ độ rồi gửi lại.",
                "The image declares no coordinate system; choose one and send it again."),
    FindingKind("RASTER_NOT_PLACED", "error", "Ảnh chưa được nắn vào toạ độ; hãy nắn ảnh rồi gửi bản GeoTIFF.",
                "The image has no place on the map; georeference it and send the GeoTIFF."),
    FindingKind("RASTER_OUTSIDE_AREA", "error",
                "Với hệ toạ độ đã khai báo, ảnh nằm ngoài địa bàn; hãy kiểm tra hệ toạ độ và kinh tuyến trục.",
                "In its coordinate system the image lies outside of the area; check the system and its meridian."),
    FindingKind("RASTER_DATUM_SUSPECT", "error",
                "Hệ toạ độ khai báo mất phép chuyển mốc VN-2000, ảnh sẽ lệch khoảng 224 m; hãy chọn lại hệ toạ độ.",
                "The declared system lost the VN-2000 datum, some 224 m; state the coordinate system."),
    FindingKind("RASTER_EMPTY", "error", "Trong phạm vi địa bàn, ảnh không có điểm ảnh nào để hiển thị.",
                "Inside the area the image has no pixel to show."),
    FindingKind("RASTER_SCALED", "info", "Ảnh trên 8 bit đã được đưa về 8 bit để hiển thị.",
                "The image has more than 8 bits and was brought to 8 to be shown."),
)  # fmt: skip

KINDS: dict[str, FindingKind] = {
    kind.code: kind for kind in (*_FILE, *_LAYER, *_CRS, *_TEXT, *_GEOMETRY, *_TOPOLOGY, *_CODE, *_DIFFERENCE, *_RASTER)
}
