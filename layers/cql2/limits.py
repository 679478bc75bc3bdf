# SPDX-License-Identifier: Apache-2.0
"""How much filter is too much, and the one way to refuse. Pure."""

from typing import Any, NoReturn

from geo.errors import BadParameter

MAX_BYTES = 8 * 1024
MAX_DEPTH = 32
MAX_NODES = 512
MAX_LIST = 500
MAX_WILDCARDS = 8
MAX_VERTICES = 2000
MAX_NAME = 60
# Brackets of JSON for one level of the tree: an object, its arguments, and a list among them.
MAX_JSON_DEPTH = 3 * MAX_DEPTH + 8


def refuse(code: str, detail: str, **facts: Any) -> NoReturn:
    """Refuse the filter.

    Raises:
        BadParameter: always.
    """
    raise BadParameter(detail, code=f"filter_{code}", parameter="filter", **facts)


def refuse_depth() -> NoReturn:
    """Refuse a filter that is nested too deeply.

    Raises:
        BadParameter: always.
    """
    refuse("too_deep", f"the filter is nested deeper than {MAX_DEPTH} levels", maximum=MAX_DEPTH)


def refuse_list() -> NoReturn:
    """Refuse a list with too many values.

    Raises:
        BadParameter: always.
    """
    refuse("list_too_long", f"a list in the filter may have {MAX_LIST} values", maximum=MAX_LIST)


def refuse_vertices() -> NoReturn:
    """Refuse geometries with too many vertices.

    Raises:
        BadParameter: always.
    """
    refuse(
        "geometry_too_large",
        f"the geometries of the filter may have {MAX_VERTICES} vertices in all",
        maximum=MAX_VERTICES,
    )


def refuse_syntax(needed: str, at: int | None = None) -> NoReturn:
    """Refuse what cannot be read.

    Args:
        needed: what the grammar allows there.
        at: character position in the text.

    Raises:
        BadParameter: always.
    """
    where = "" if at is None else f" at character {at + 1}"
    refuse("syntax", f"the filter cannot be read{where}: {needed}", **({} if at is None else {"position": at + 1}))


def refuse_type(detail: str) -> NoReturn:
    """Refuse operands that do not fit.

    Raises:
        BadParameter: always.
    """
    refuse("type_mismatch", detail)


def checked_text(text: str) -> str:
    """The text of a filter, if it is short enough and is text at all.

    Raises:
        BadParameter: too long, NUL, or half a surrogate pair.
    """
    if len(text) > MAX_BYTES:
        _refuse_length()
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        refuse("text_invalid", "the filter holds characters that are no text")
    if size > MAX_BYTES:
        _refuse_length()
    if "\x00" in text:
        refuse("text_invalid", "the filter holds characters that are no text")
    return text


def _refuse_length() -> NoReturn:
    refuse("too_long", f"the filter may have {MAX_BYTES} bytes", maximum=MAX_BYTES)
