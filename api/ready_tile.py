# SPDX-License-Identifier: Apache-2.0
"""A tile as finished answers: every content coding made once, with its own strong ETag, as ASGI messages.

Answering costs two sends of messages that exist already, whether it is 200, 204 or 304.
"""

import gzip
import hashlib
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import brotli

Message: TypeAlias = dict[str, Any]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

MVT = b"application/vnd.mapbox-vector-tile"
LIVE = b"private, no-cache"
# A published version of units never changes; whether others than the asking browser may keep it, the caller decides.
IMMUTABLE = b"max-age=31536000, immutable"
# Below this a coded body with its longer head is no shorter.
_WORTH_CODING = 300
_NO_BODY: Message = {"type": "http.response.body", "body": b""}
_CODINGS = ("br", "gzip")
_chosen: dict[bytes | None, str] = {None: ""}


class Variant:
    """One content coding of a tile."""

    __slots__ = ("body", "body_message", "not_modified", "ok", "tag")

    def __init__(self, body: bytes, tag: bytes, coding: str, caching: bytes) -> None:
        self.body = body
        self.tag = tag
        kept = [(b"etag", tag), (b"cache-control", caching), (b"vary", b"accept-encoding")]
        content = [(b"content-type", MVT), (b"content-length", str(len(body)).encode())]
        coded = [(b"content-encoding", coding.encode())] if coding else []
        self.ok: Message = {"type": "http.response.start", "status": 200, "headers": [*content, *coded, *kept]}
        self.body_message: Message = {"type": "http.response.body", "body": body}
        self.not_modified: Message = {"type": "http.response.start", "status": 304, "headers": kept}


class ReadyTile:
    """A tile with its answers. Coded variants are made when the first client wants them.

    ``alive`` while a cache keeps it and nothing that it shows has changed.
    """

    __slots__ = ("_caching", "_digest", "_empty", "_variants", "alive", "data", "until")

    def __init__(self, data: bytes, caching: bytes = LIVE, until: float = math.inf) -> None:
        self.data = data
        self.alive = False
        self.until = until
        self._caching = caching
        self._digest = hashlib.blake2b(data, digest_size=12).hexdigest()
        self._variants: dict[str, Variant] = {}
        self._empty: Message = {
            "type": "http.response.start",
            "status": 204,
            "headers": [(b"cache-control", caching), (b"vary", b"accept-encoding")],
        }

    @property
    def size(self) -> int:
        """Bytes of memory, about: the tile, its coded variants, and what holds them."""
        return 2 * len(self.data) + 2_000

    def variant(self, coding: str) -> Variant:
        """The tile in a content coding (``""`` is none), which falls back to none where coding gains nothing."""
        found = self._variants.get(coding)
        if found is None:
            found = self._variants[coding] = self._make(coding)
        return found

    def messages(self, coding: str, if_none_match: bytes | None) -> tuple[Message, Message]:
        """What to send. The client's tags are looked at before anything else."""
        if not self.data:
            return self._empty, _NO_BODY
        variant = self.variant(coding)
        if if_none_match is not None and (if_none_match == variant.tag or _names(if_none_match, variant.tag)):
            return variant.not_modified, _NO_BODY
        return variant.ok, variant.body_message

    def _make(self, coding: str) -> Variant:
        coded = self.data
        if coding and len(self.data) >= _WORTH_CODING:
            # Brotli at 5: nearly the size of 11 at a hundredth of its time.
            coded = gzip.compress(self.data, 6, mtime=0) if coding == "gzip" else brotli.compress(self.data, quality=5)
        if not coding or len(coded) >= len(self.data):
            return Variant(self.data, f'"{self._digest}"'.encode(), "", self._caching)
        return Variant(coded, f'"{self._digest}-{coding}"'.encode(), coding, self._caching)


def coding_for(accept_encoding: bytes | None) -> str:
    """The content coding that a client gets (RFC 9110, section 12.5.3): brotli, gzip, or none as ``""``."""
    found = _chosen.get(accept_encoding)
    if found is None:
        assert accept_encoding is not None
        found = _best(accept_encoding.decode("latin-1").lower())
        if len(_chosen) < 1_000:
            _chosen[accept_encoding] = found
    return found


def _best(header: str) -> str:
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    offered = {}
    for part in header.split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        offered[name] = not refused & set(parameters)
    return next((coding for coding in _CODINGS if offered.get(coding, offered.get("*", False))), "")


def _names(if_none_match: bytes, tag: bytes) -> bool:
    # The comparison is weak (RFC 9110, section 13.1.2): a proxy on the way may have weakened the tag.
    tags = [part.strip().removeprefix(b"W/") for part in if_none_match.split(b",")]
    return b"*" in tags or tag in tags
