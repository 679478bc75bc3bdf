# SPDX-License-Identifier: Apache-2.0
"""What was refused of a batch: listed in the answer, and kept."""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from geo.db.pool import Connection
from layers import dead_letters_sql as sql
from layers.batch import Receipt, Refusal

_MAX_KEPT_BYTES = 65_536


async def keep_dead_letters(
    connection: Connection,
    receipt: Receipt,
    refused: Sequence[Refusal],
    messages: Sequence[int | None] | None = None,
    kind: str = "features",
    sender: str | None = None,
) -> None:
    """List what was refused in the receipt, in the order of the records, and keep it.

    Args:
        messages: the kept message of each record of the batch, where they came on the road of a connector.
        sender: the source that sent them, where the records are another's.
    """
    ordered = sorted(refused, key=lambda refusal: refusal[0])
    receipt.rejected = [{"index": index, "code": why.code, "detail": why.detail} for index, _, why in ordered]
    letters: dict[bytes, tuple[int, str, str, bytes, int | None]] = {}
    for index, raw, why in ordered:
        if index >= 0:
            record = _kept(raw)
            digest = hashlib.sha256(why.code.encode() + b"\0" + record).digest()
            message = None if messages is None else messages[index]
            letters[digest] = (index, storable(why.code), storable(why.detail), record[:_MAX_KEPT_BYTES], message)
    if letters:
        rows = sorted(letters.items())
        values = sql.KEEP_DEAD_LETTERS.args(
            layer=receipt.layer,
            source=sender or receipt.source,
            kind=kind,
            digests=[digest for digest, _ in rows],
            positions=[letter[0] for _, letter in rows],
            codes=[letter[1] for _, letter in rows],
            details=[letter[2] for _, letter in rows],
            records=[letter[3] for _, letter in rows],
            messages=[letter[4] for _, letter in rows],
        )
        await connection.execute(sql.KEEP_DEAD_LETTERS.sql, *values)


def storable(text: str) -> str:
    """The text as PostgreSQL can hold it: without NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _kept(raw: Any) -> bytes:
    try:
        return orjson.dumps(raw, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):  # NaN is dumped as null, half a surrogate pair is not dumped at all
        try:
            return repr(raw).encode("utf-8", "backslashreplace")
        except RecursionError:
            return b"(nested too deep to be kept)"
