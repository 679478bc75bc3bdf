# SPDX-License-Identifier: Apache-2.0
"""Reports as citizens' apps post them: the form is read and judged, gets its id, and travels the common road.

The id follows from what makes two posts the same: the header ``Idempotency-Key``, or without one who reports what,
where, within ten minutes. So a retry finds its report, on whichever worker it arrives.
"""

import base64
import hashlib
import io
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from api.body import WrongMediaType, media_type_of
from geo.errors import BadBody, TooLarge
from layers.connectors.open311 import MAX_DESCRIPTION
from layers.connectors.open311_reading import FORM, MAX_FIELDS
from layers.connectors.open311_services import SERVICES

MAX_FORM_BYTES = 262_144
# A photograph is read to its end before it is refused: an app that is cut off in the middle never reads the answer.
_MAX_READ_BYTES = 12_000_000
_MULTIPART = "multipart/form-data"
_BUCKET = timedelta(minutes=10)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_LINK = re.compile(r"https?://\S{1,490}")


async def read_report(request: Request) -> dict[str, str]:
    """The fields of a posted form, the last of equal names.

    Raises:
        BadBody: neither form, not UTF-8, or a file is in it: pictures of people are not kept here.
        TooLarge: more than a form ever has.
    """
    media_type = media_type_of(request)
    if media_type not in (FORM, _MULTIPART):
        raise WrongMediaType(f"Send a report as {FORM} or {_MULTIPART}.")
    raw = await _read(request)
    if raw is None and media_type == _MULTIPART:
        raise _no_media()
    if raw is None:
        raise TooLarge(f"A form may have {MAX_FORM_BYTES} bytes.", max_bytes=MAX_FORM_BYTES)
    fields = _read_multipart(request.headers["content-type"], raw) if media_type == _MULTIPART else _read_form(raw)
    return {name: unicodedata.normalize("NFC", value).strip() for name, value in fields.items()}


def check_report(fields: Mapping[str, str]) -> None:
    """Whether the fields make a report.

    Raises:
        BadBody: what is missing or wrong, one thing at a time.
    """
    code = fields.get("service_code", "")
    if not code:
        raise BadBody("'service_code' is missing: /open311/v2/services lists the codes.", code="service_code_missing")
    if code not in SERVICES:
        raise BadBody("There is no such service: /open311/v2/services lists the codes.", code="service_code_unknown")
    place = [fields.get("lat", ""), fields.get("long", "")]
    if any(place):
        if not all(_is_number(one) for one in place):
            raise BadBody("'lat' and 'long' are two numbers, in degrees, and come together.", code="coordinate_invalid")
    elif not fields.get("address_string") and not fields.get("address_id"):
        raise BadBody("Say where it is: 'lat' and 'long', or 'address_string'.", code="place_missing")
    for name, limit in (("description", MAX_DESCRIPTION), ("address_string", 300), ("address_id", 100)):
        if len(fields.get(name, "")) > limit:
            raise BadBody(f"'{name}' has more than {limit} characters.", code="value_too_long", parameter=name)
    if fields.get("media_url") and not _LINK.fullmatch(fields["media_url"]):
        raise BadBody("'media_url' is one http or https address of at most 500 characters.", code="media_url_invalid")


def ids_of(source: str, key: str | None, fields: Mapping[str, str], now: datetime) -> list[str]:
    """The id of a report, and others under which the same one may be known: those of the time bucket before.

    Raises:
        BadBody: the key is no key.
    """
    if key is not None:
        if not _KEY.fullmatch(key):
            raise BadBody("An Idempotency-Key is 1 to 200 printable ASCII characters.", code="idempotency_key_invalid")
        return [_id(source, "key", key)]
    # Who reports goes into the hash and nowhere else.
    who = next((fields[name] for name in ("account_id", "device_id", "email", "phone") if fields.get(name)), "")
    place = [f"{float(fields[name]):.4f}" if fields.get(name) else "" for name in ("lat", "long")]
    what = [fields.get(name, "").casefold() for name in ("service_code", "address_string", "address_id", "description")]
    bucket = int(now.timestamp() // _BUCKET.total_seconds())
    return [_id(source, who, *place, *what, str(one)) for one in (bucket, bucket - 1)]


def encoded(fields: Mapping[str, str]) -> bytes:
    """The fields as the form that travels the road, where it is redacted first; without the key."""
    return urlencode({name: value for name, value in fields.items() if name != "api_key"}).encode()


def _id(*parts: str) -> str:
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return "PA-" + base64.b32encode(digest)[:13].decode()


async def _read(request: Request) -> bytes | None:
    data = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MAX_READ_BYTES:
            raise TooLarge("The form is far too large. Photographs are not taken here.", max_bytes=MAX_FORM_BYTES)
        if size <= MAX_FORM_BYTES:
            data += chunk
    return bytes(data) if size <= MAX_FORM_BYTES else None


def _read_form(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError:
        raise BadBody(f"A form is UTF-8 and has at most {MAX_FIELDS} fields.", code="form_invalid") from None


def _read_multipart(content_type: str, raw: bytes) -> dict[str, str]:
    pairs: list[tuple[bytes, bytes]] = []

    def keep(field: Field) -> None:
        pairs.append((field.field_name or b"", field.value or b""))

    def refuse(file: File) -> None:
        if file.size:
            raise _no_media()

    try:
        parse_form({"Content-Type": content_type.encode("latin-1", "replace")}, io.BytesIO(raw), keep, refuse)
        if len(pairs) > MAX_FIELDS:
            raise ValueError("too many fields")
        return {name.decode(): value.decode() for name, value in pairs}
    except (FormParserError, ValueError):
        raise BadBody("The form is not multipart/form-data of UTF-8 fields.", code="form_invalid") from None


def _no_media() -> BadBody:
    return BadBody(
        "Pictures are not kept here, since people are in them: leave the file out, or send 'media_url', the address "
        "of a picture that is kept elsewhere. Nothing of this report was stored.",
        code="media_not_accepted",
    )


def _is_number(text: str) -> bool:
    try:
        return len(text) <= 40 and math.isfinite(float(text))
    except ValueError:
        return False
