# SPDX-License-Identifier: Apache-2.0
"""The words of CAP 1.2 beside those of the layer ``alerts``, both ways. Pure values."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

CAP_NS = "urn:oasis:names:tc:emergency:cap:1.2"
CAP_11_NS = "urn:oasis:names:tc:emergency:cap:1.1"
MEDIA_TYPE = "application/cap+xml"

# How codes of communes are named in <geocode>, and the set of units that each is of.
COMMUNES_2025 = "urn:x-vn-gso:commune:2025"
CODE_SETS: Mapping[str, str] = MappingProxyType({COMMUNES_2025: "province-2025"})

# What the event is called says more than its category: a flood is "Met" for one sender and "Geo" for the next.
_EVENT_WORDS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("flood", ("ngập", "lũ", "lụt", "triều cường", "floods?", "flooding", "inundation")),
    ("landslide", ("sạt lở", "sụt lún", "trượt đất", "landslides?", "rockfall")),
    ("fire", ("cháy", "fires?", "wildfire")),
    ("weather", ("bão", "mưa", "dông", "giông", "lốc", "nắng nóng", "rét", "sương", "storm", "rain", "heat", "wind")),
    ("traffic", ("giao thông", "ùn tắc", "đường bộ", "roads?", "traffic")),
    ("utility", ("mất điện", "cấp nước", "cắt nước", "power", "water supply")),
    ("health", ("dịch bệnh", "ổ dịch", "ngộ độc", "epidemic", "outbreak")),
)
_EVENTS = tuple((kind, re.compile(rf"\b(?:{'|'.join(words)})\b")) for kind, words in _EVENT_WORDS)
_KIND_OF_CATEGORY: Mapping[str, str] = MappingProxyType(
    {
        "Met": "weather",
        "Geo": "landslide",
        "Fire": "fire",
        "Health": "health",
        "CBRNE": "environment",
        "Env": "environment",
        "Transport": "traffic",
        "Infra": "utility",
        "Security": "security",
        "Safety": "security",
        "Rescue": "other",
        "Other": "other",
    }
)
CATEGORY_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        "weather": "Met",
        "flood": "Met",
        "landslide": "Geo",
        "fire": "Fire",
        "health": "Health",
        "traffic": "Transport",
        "utility": "Infra",
        "security": "Security",
        "environment": "Env",
        "other": "Other",
    }
)
SEVERITIES = ("minor", "moderate", "severe", "extreme")
URGENCIES = ("immediate", "expected", "future", "past")
CERTAINTIES = ("observed", "likely", "possible", "unlikely")
RESPONSES: Mapping[str, str] = MappingProxyType(
    {
        "Shelter": "shelter",
        "Evacuate": "evacuate",
        "Prepare": "prepare",
        "Execute": "execute",
        "Avoid": "avoid",
        "Monitor": "monitor",
        "Assess": "assess",
        "AllClear": "all_clear",
    }
)
RESPONSE_OF: Mapping[str, str] = MappingProxyType({ours: theirs for theirs, ours in RESPONSES.items()})


def kind_of(event: str, categories: Sequence[str]) -> str:
    """Our kind, from what the event is called, else from the first category that says one."""
    words = event.lower()
    for kind, known in _EVENTS:
        if known.search(words):
            return kind
    return next((_KIND_OF_CATEGORY[category] for category in categories if category in _KIND_OF_CATEGORY), "other")


def choice_of(word: str | None, allowed: Sequence[str]) -> str | None:
    """A word of CAP as the layer's choice; ``None`` for "Unknown" and for words that CAP does not have."""
    lower = "" if word is None else word.lower()
    return lower if lower in allowed else None


def word_of(choice: str | None) -> str:
    """The layer's choice as CAP spells it; what is not known is "Unknown"."""
    return "Unknown" if choice is None else choice.capitalize()
