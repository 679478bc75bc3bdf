# SPDX-License-Identifier: Apache-2.0
"""CASEI and ACCENTI, defined so that SQL computes the same (migrations/l002_cql2.sql has the same tables). Pure.

Python's ``casefold`` and PostgreSQL's ``lower`` differ by library and version; a closed table does not. It has ASCII,
Latin-1 and the letters of Vietnamese.
"""

import re
import unicodedata

from layers.cql2.tree import FoldOp

UPPER = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĂĐĨŨƠƯ"
    "ẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
)  # fmt: skip
LOWER = (
    "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþăđĩũơư"
    "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
)  # fmt: skip
_ASCII = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
_CASE = {**_ASCII, **{ord(upper): ord(lower) for upper, lower in zip(UPPER, LOWER, strict=True)}}
_MARKS = re.compile("[\u0300-\u036f]+")
_STROKES = str.maketrans("đĐ", "dD")


def fold_case(text: str) -> str:
    """The text in small letters."""
    return text.translate(_CASE)


def fold_accents(text: str) -> str:
    """The text without diacritics; where the tone stood does not matter."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_STROKES)


def fold(op: FoldOp, text: str) -> str:
    """Apply one of the two."""
    return fold_case(text) if op == "casei" else fold_accents(text)
