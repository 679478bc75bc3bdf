# SPDX-License-Identifier: Apache-2.0
"""What vendors call a violation, and what we call it. Pure.

Numbers are those of GA/T 16.31, which most cameras sold here report; names are what firmwares write beside them. Both
differ by vendor and firmware, so a source may add its own, which come first. What no list knows is "other": that
somebody saw a violation is known, and which one is looked up later by replaying the kept message.
"""

import re
import unicodedata
from collections.abc import Mapping

KINDS = (
    "red_light speeding wrong_lane wrong_way forbidden_road illegal_stop no_helmet lane_marking overload phone_use "
    "u_turn other"
).split()
_BY_NUMBER: Mapping[str, str] = {
    "1625": "red_light",
    "1302": "red_light",
    "1352": "speeding",
    "1603": "speeding",
    "1606": "speeding",
    "1628": "speeding",
    "1629": "speeding",
    "1630": "speeding",
    "1632": "speeding",
    "1633": "speeding",
    "1634": "speeding",
    "1635": "speeding",
    "1636": "speeding",
    "1721": "speeding",
    "1208": "wrong_lane",
    "1018": "wrong_lane",
    "1301": "wrong_way",
    "1344": "forbidden_road",
    "1039": "illegal_stop",
    "1230": "lane_marking",
    "1345": "lane_marking",
    "1223": "phone_use",
    "1044": "u_turn",
    "1637": "overload",
    "1240": "no_helmet",
}
# Parts of names, without spaces, marks and accents; the first that is found decides.
_BY_NAME: tuple[tuple[str, str], ...] = (
    ("redlight", "red_light"),
    ("dendo", "red_light"),
    ("tinhieu", "red_light"),
    ("overspeed", "speeding"),
    ("speeding", "speeding"),
    ("tocdo", "speeding"),
    ("wrongway", "wrong_way"),
    ("retrograde", "wrong_way"),
    ("reverse", "wrong_way"),
    ("nguocchieu", "wrong_way"),
    ("helmet", "no_helmet"),
    ("mubaohiem", "no_helmet"),
    ("phone", "phone_use"),
    ("dienthoai", "phone_use"),
    ("uturn", "u_turn"),
    ("turnround", "u_turn"),
    ("quaydau", "u_turn"),
    ("overload", "overload"),
    ("quatai", "overload"),
    ("quakho", "overload"),
    ("parking", "illegal_stop"),
    ("illegalstop", "illegal_stop"),
    ("dosai", "illegal_stop"),
    ("dungdo", "illegal_stop"),
    ("wronglane", "wrong_lane"),
    ("notbylane", "wrong_lane"),
    ("sailan", "wrong_lane"),
    ("saidanduong", "wrong_lane"),
    ("laneline", "lane_marking"),
    ("crossline", "lane_marking"),
    ("lanemarking", "lane_marking"),
    ("vachke", "lane_marking"),
    ("devach", "lane_marking"),
    ("forbidden", "forbidden_road"),
    ("prohibit", "forbidden_road"),
    ("duongcam", "forbidden_road"),
)
# What cameras write when there is no violation.
_NOTHING = frozenset({"", "0", "none", "null", "normal", "legal", "khong"})


def folded(text: str) -> str:
    """Letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", "".join(one for one in plain if not unicodedata.combining(one)))


def kind_of(code: str, name: str, own: Mapping[str, str]) -> str | None:
    """Our word for a violation; ``None`` where there is none.

    Args:
        code: the vendor's number, or empty.
        name: the vendor's name for it, or empty.
        own: what the source's options add, by number or name.
    """
    number, words = folded(code), folded(name)
    if number in _NOTHING and words in _NOTHING:
        return None
    added = {folded(key): kind for key, kind in own.items()}
    for key in (number, words):
        if key and key in added:
            return added[key]
    if words in KINDS_FOLDED:
        return KINDS_FOLDED[words]
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return next((kind for part, kind in _BY_NAME if part in words), "other")


KINDS_FOLDED: Mapping[str, str] = {folded(kind): kind for kind in KINDS}
