# SPDX-License-Identifier: Apache-2.0
"""The words of a report in both languages."""

from boundaries.report.facts import Both

KICKER = Both("Báo cáo thay đổi ranh giới hành chính", "Report on a change of administrative boundaries")
SUBJECTS = {
    "draft": Both("Bản dự thảo số {number}", "Draft {number}"),
    "publish": Both("Lần công bố số {number}", "Publication {number}"),
    "rollback": Both("Lần hoàn tác số {number}", "Rollback {number}"),
    "import": Both("Lần nạp ban đầu số {number}", "First load {number}"),
}
ROLLBACK_OF = Both("Hoàn tác: {title}", "Rolled back: {title}")
DRAFT = Both("Bản dự thảo", "Draft")
STATES = {
    "checking": Both("đang kiểm tra", "being checked"),
    "questions": Both("chờ trả lời câu hỏi", "waiting for answers"),
    "checked": Both("đã kiểm tra", "checked"),
    "refused": Both("bị từ chối", "refused"),
    "failed": Both("kiểm tra không thành công", "the check failed"),
    "cancelled": Both("đã dừng kiểm tra", "the check was cancelled"),
    "awaiting_approval": Both("chờ phê duyệt", "awaiting approval"),
    "publishing": Both("đang công bố", "being published"),
    "published": Both("đã công bố", "published"),
    "superseded": Both("đã công bố, nay có bản thay thế", "published, replaced since"),
    "withdrawn": Both("đã rút", "withdrawn"),
    "reverted": Both("đã công bố, nay đã hoàn tác", "published, rolled back since"),
    "restored": Both("đã khôi phục trạng thái trước", "the state before was restored"),
}
DEEDS = {
    "created": Both("Tạo bản dự thảo", "Draft made"),
    "asked": Both("Trình duyệt", "Approval asked"),
    "approved": Both("Phê duyệt", "Approved"),
    "published": Both("Công bố", "Published"),
    "loaded": Both("Nạp bộ đơn vị", "Set loaded"),
    "reverted": Both("Hoàn tác", "Rolled back"),
    "superseded": Both("Có bản thay thế", "Replaced"),
}
KINDS = {
    "added": Both("thêm mới", "added"),
    "removed": Both("bãi bỏ", "removed"),
    "renamed": Both("đổi tên", "renamed"),
    "retyped": Both("đổi loại", "type changed"),
    "recoded": Both("đổi mã", "recoded"),
    "reshaped": Both("vẽ lại", "redrawn"),
    "split": Both("chia tách", "split"),
    "merged": Both("nhập lại", "merged"),
}
SEVERITIES = {
    "reject": Both("Từ chối", "Refused"),
    "error": Both("Lỗi", "Error"),
    "question": Both("Câu hỏi", "Question"),
    "warning": Both("Cảnh báo", "Warning"),
    "info": Both("Thông tin", "Note"),
}
TITLES = {
    "maps": Both("Bản đồ trước và sau", "Maps before and after"),
    "changes": Both("Đơn vị thay đổi", "Units that change"),
    "lineage": Both("Đơn vị mới được hình thành từ đâu", "Where the units come from"),
    "legal": Both("Căn cứ pháp lý", "Legal basis"),
    "acts": Both("Người thực hiện và thời điểm", "Who and when"),
    "findings": Both("Kết quả kiểm tra", "Findings of the check"),
    "repairs": Both("Sửa lỗi đã áp dụng", "Repairs applied"),
    "consequences": Both("Hệ quả đối với dữ liệu", "What follows for the data"),
    "unagreed": Both("Ranh giới chưa thống nhất", "Borders not yet agreed"),
    "source": Both("Nguồn dữ liệu", "Source of the shapes"),
}
NOTES = {
    "not_checked": Both(
        "Dự thảo chưa được kiểm tra xong nên báo cáo chưa có bản đồ và bảng so sánh.",
        "The draft is not checked yet: this report has no maps and no comparison.",
    ),
    "outdated": Both(
        "Dự thảo đã thay đổi sau lần kiểm tra gần nhất; số liệu dưới đây thuộc lần kiểm tra đó.",
        "The draft was changed after its latest check; the figures below are of that check.",
    ),
    "no_legal": Both("Chưa khai báo văn bản pháp lý.", "No legal document is given."),
    "no_legal_published": Both(
        "Không kèm văn bản pháp lý: chỉ chỉnh lý đường ranh giới theo quy định hiện hành.",
        "Without a legal document: better lines under the law in force.",
    ),
    "no_legal_import": Both(
        "Bộ đơn vị được nạp trực tiếp, không kèm văn bản pháp lý.", "Loaded directly, without a legal document."
    ),
    "no_legal_rollback": Both(
        "Không kèm văn bản pháp lý riêng; lý do hoàn tác ghi ở mục Tổng quan.",
        "Without a legal document of its own; the overview has the reason.",
    ),
    "moved_on": Both(
        "Bản dự thảo đã được sửa sau khi lần công bố này bị hoàn tác: kết quả kiểm tra khi đó không còn được lưu. "
        "Bảng thay đổi được tính lại từ hai bản đã lưu.",
        "The draft was changed after this publication was rolled back: the findings of its check are not kept. "
        "The table of changes was made anew from the two versions, which are.",
    ),
    "no_findings": Both("Không phát hiện vấn đề nào.", "Nothing was found."),
    "no_changes": Both("Không có đơn vị nào thay đổi.", "No unit changes."),
    "no_repairs": Both("Không áp dụng sửa lỗi nào; hình giữ nguyên như tệp gốc.", "None: shapes are as sent."),
    "no_consequences": Both("Không có đối tượng nào đổi đơn vị.", "No feature changes its unit."),
    "no_consequences_seen": Both(
        "Không có đối tượng nào đổi đơn vị trong các lớp dữ liệu mà người đọc được xem.",
        "No feature changes its unit in the layers that you may see.",
    ),
    "not_counted": Both("Chưa đếm.", "Not counted."),
    "no_source": Both("Không có tệp nguồn kèm theo.", "No file is kept with this."),
    "first": Both(
        "Bản đầu tiên của bộ đơn vị, không có bản trước để so sánh.",
        "The first version of the set: nothing to compare it with.",
    ),
    "approximate": Both("Đường ranh giới của bộ này là gần đúng.", "The lines of this set are approximate."),
    "neighbour": Both("* Đơn vị giáp ranh, không thuộc phạm vi của tệp.", "* A neighbour, outside the file's scope."),
    "rollback": Both(
        "Hoàn tác lần công bố số {number}: trạng thái trước lần công bố đó đã được khôi phục nguyên vẹn.",
        "Publication {number} was rolled back: what stood before it was restored as it was.",
    ),
    "simplified": Both(
        "Đường trên bản đồ được giản lược tới {tolerance} để báo cáo gọn; mảnh đất quá nhỏ có thể không được vẽ. "
        "Diện tích trong các bảng tính trên hình gốc.",
        "Lines on the maps are simplified by up to {tolerance}; very small pieces may be "
        "left out. Areas in the tables are those of the full shapes.",
    ),
    "colours": Both(
        "Mỗi đơn vị trước mang màu của đơn vị sau đã nhận phần đất lớn nhất của nó; hai đơn vị không giáp nhau có thể "
        "trùng màu. Đất đổi đơn vị được đếm một lần cho bên nhận và một lần cho bên giao.",
        "A unit before has the colour of the unit after that took most of its ground; units that do not touch may "
        "share a colour. Ground that passes from one unit to another is counted once as won and once as lost.",
    ),
    "more": Both("… và {count} dòng nữa, xem trên trang dự thảo.", "… and {count} more rows, see the draft's page."),
}
LABELS = {
    "before": Both("Trước", "Before"),
    "after": Both("Sau", "After"),
    "difference": Both("Chênh lệch", "Difference"),
    "units": Both("Đơn vị", "Units"),
    "unchanged": Both("Không đổi", "Unchanged"),
    "changed_units": Both("Đơn vị thay đổi", "Units that change"),
    "area": Both("Diện tích", "Area"),
    "won": Both("Đất nhận thêm", "Ground won"),
    "lost": Both("Đất giao đi", "Ground lost"),
    "exchanged": Both("Đất đổi đơn vị", "Ground that changes unit"),
    "border_before": Both("Ranh giới trước", "Border before"),
    "border_after": Both("Ranh giới sau", "Border after"),
    "unagreed": Both("Ranh giới chưa thống nhất", "Border not yet agreed"),
    "set_before": Both("Bộ đơn vị trước", "Set before"),
    "set_after": Both("Bộ đơn vị sau", "Set after"),
    "same_set": Both("Bộ đơn vị", "Set"),
    "version": Both("bản số {number}", "version {number}"),
    "from_version": Both("{before}, thay bằng {after}", "{before}, replaced by {after}"),
    "same_area": Both("không đổi", "unchanged"),
    "version_draft": Both("bản dự thảo", "draft version"),
    "version_none": Both("nay không còn bản nào được công bố", "no published version is left"),
    "valid": Both("Hiệu lực của bộ", "Validity of the set"),
    "valid_from": Both("từ {start}", "from {start}"),
    "valid_between": Both("từ {start} đến hết {end}", "from {start} to {end}"),
    "scope": Both("Phạm vi của tệp", "Scope of the file"),
    "reason": Both("Lý do", "Reason"),
    "kinds": Both("Các loại thay đổi", "Kinds of change"),
    "deed": Both("Việc", "Deed"),
    "who": Both("Người", "Who"),
    "when": Both("Thời điểm (giờ Việt Nam)", "When (Vietnam time)"),
    "number": Both("Số ký hiệu", "Number"),
    "issuer": Both("Cơ quan ban hành", "Issued by"),
    "document": Both("Trích yếu", "Title"),
    "signed_on": Both("Ngày ban hành", "Signed on"),
    "effective_on": Both("Ngày hiệu lực", "Effective on"),
    "file": Both("Tệp", "File"),
    "code": Both("Mã ĐVHC", "Code"),
    "unit": Both("Đơn vị", "Unit"),
    "change": Both("Thay đổi", "Change"),
    "moved": Both("Dịch chuyển lớn nhất", "Largest move"),
    "new_unit": Both("Đơn vị sau", "Unit after"),
    "whole": Both("Toàn bộ đơn vị trước", "The whole of"),
    "part": Both("Một phần đơn vị trước (tỷ lệ diện tích)", "A part of (share of its area)"),
    "severity": Both("Mức", "Severity"),
    "finding": Both("Nội dung", "Finding"),
    "where": Both("Đơn vị", "Units"),
    "measure": Both("Đo được", "Measure"),
    "limit": Both("ngưỡng {value}", "limit {value}"),
    "waiver": Both("Miễn trừ: {why} ({by}, {at})", "Waived: {why} ({by}, {at})"),
    "repair": Both("Sửa lỗi", "Repair"),
    "moved_ground": Both("Đất dịch chuyển", "Ground moved"),
    "layer": Both("Lớp dữ liệu", "Layer"),
    "total": Both("Tổng số", "Total"),
    "moved_features": Both("Đổi đơn vị", "Change unit"),
    "gained": Both("Vào địa bàn", "Come in"),
    "dropped": Both("Ra ngoài", "Go out"),
    "features": Both("Đối tượng", "Features"),
    "from": Both("Từ", "From"),
    "to": Both("Sang", "To"),
    "outside": Both("ngoài các đơn vị", "outside of every unit"),
    "border": Both("Giữa", "Between"),
    "length": Both("Chiều dài", "Length"),
    "size": Both("Kích thước", "Size"),
    "sha256": Both("Mã băm SHA-256", "SHA-256"),
    "producer": Both("Đơn vị đo vẽ", "Drawn by"),
    "crs": Both("Hệ toạ độ", "Coordinate system"),
    "encoding": Both("Bảng mã chữ", "Text encoding"),
    "licence": Both("Giấy phép", "Licence"),
    "attribution": Both("Ghi nguồn", "Attribution"),
    "legend": Both("Chú giải", "Legend"),
    "overview": Both("Tổng quan", "Overview"),
    "page": Both("Trang", "Page"),
    "dated": Both("Số liệu tại thời điểm {at}, giờ Việt Nam.", "Figures as of {at}, Vietnam time."),
    "reset": Both("Về khung ban đầu", "Back to the first view"),
}
