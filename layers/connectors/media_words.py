# SPDX-License-Identifier: Apache-2.0
"""What a headline is about, and which headlines are one story. Pure; words, not a judgement.

The words are the commonest of each topic in the headlines of provincial newspapers. What none of them catches is
"other"; a sentiment is never read from words (the source gives one, or it is neutral).
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

_TOPIC_WORDS: Sequence[tuple[str, str]] = (
    ("disaster", "lũ|lụt|ngập|bão|sạt lở|mưa lớn|lốc|giông|dông|hạn hán|cháy|nổ khí|cứu nạn|thiên tai|đuối nước"),
    ("traffic", "giao thông|tai nạn|ùn tắc|cao tốc|quốc lộ|xe tải|xe khách|ô tô|xe máy|lái xe|đường sắt|bến xe"),
    ("health", "y tế|bệnh viện|dịch bệnh|sốt xuất huyết|cúm|tiêm chủng|vắc ?xin|ngộ độc|thực phẩm|bác sĩ|trạm xá"),
    ("education", "giáo dục|trường học|tiểu học|thpt|thcs|học sinh|sinh viên|giáo viên|đại học|tuyển sinh|năm học"),
    ("environment", "môi trường|ô nhiễm|rác thải|nước thải|khói bụi|không khí|bãi rác|xả thải|khí thải"),
    ("order", "công an|bắt giữ|khởi tố|ma túy|ma tuý|trộm|cướp|lừa đảo|đánh bạc|an ninh|tội phạm|xét xử"),
    ("land", "đất đai|giải phóng mặt bằng|quy hoạch|xây dựng trái phép|sổ đỏ|đấu giá đất|tái định cư|khoáng sản"),
    ("infrastructure", "hạ tầng|cấp nước|mất điện|điện lực|xây cầu|cây cầu|chiếu sáng|vỉa hè|thoát nước|khởi công"),
    ("tourism", "du lịch|lễ hội|di tích|văn hoá|văn hóa|chè|hồ núi cốc|khách sạn|bảo tàng|nghệ thuật"),
    ("administration", "thủ tục hành chính|chuyển đổi số|dịch vụ công|cải cách|hđnd|ubnd|chính quyền|sáp nhập|cán bộ"),
)  # fmt: skip
_TOPICS = tuple((topic, re.compile(rf"\b(?:{words})\b")) for topic, words in _TOPIC_WORDS)
# "… - Báo Thái Nguyên", "… | VOV": who prints it is no part of the story.
_OUTLET = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,40}$")
_NO_WORD = re.compile(r"[\W_]+")


def topic_of(title: str, summary: str = "") -> str:
    """The topic with most words in the headline (each for two) and the summary; the first of equals."""
    title, summary = _plain(title), _plain(summary)
    best, most = "other", 0
    for topic, words in _TOPICS:
        count = 2 * len(words.findall(title)) + len(words.findall(summary))
        if count > most:
            best, most = topic, count
    return best


def story_of(title: str) -> str:
    """The same for syndicated copies: 64 bits of the headline without case, punctuation and the outlet's name."""
    words = _NO_WORD.sub(" ", _plain(_OUTLET.sub("", title))).strip()
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()
