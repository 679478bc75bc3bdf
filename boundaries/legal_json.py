# SPDX-License-Identifier: Apache-2.0
"""The legal basis of a draft or a publication, as the API shows it."""

from typing import Any


def legal_json(row: Any, file: Any) -> dict[str, Any] | None:
    """A row with the columns of ``legal_document``; None where it names none.

    Args:
        row: has legal_document, legal_number, issuer, legal_title, signed_on and effective_on.
        file: what is said of the document's file.
    """
    if row["legal_document"] is None:
        return None
    return {
        "id": row["legal_document"],
        "number": row["legal_number"],
        "issuer": row["issuer"],
        "title": row["legal_title"],
        "signed_on": row["signed_on"].isoformat(),
        "effective_on": row["effective_on"].isoformat(),
        "file": file,
    }
