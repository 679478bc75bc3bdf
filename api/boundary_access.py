# SPDX-License-Identifier: Apache-2.0
"""Who works on boundaries: GIS staff and administrators, by session with the CSRF token, or by a key of that role."""

from fastapi import Request

from api.guard import check_csrf
from api.readers import Reader
from api.state import AppState
from geo.errors import NotAllowed, NotSignedIn
from layers.visibility import EDITORS

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def may_edit_boundaries(reader: Reader) -> bool:
    """Whether the reader sees drafts and works on them."""
    known = reader.person is not None or reader.source is not None
    return known and reader.role in EDITORS and reader.visibility.units is None


async def boundary_editor(request: Request, state: AppState) -> str:
    """The name of who works on boundaries: a person's name, or the source of a key.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: the role is another, who asks sees one area only, or a change is not from our own page.
    """
    reader = await state.readers.of(request)
    if reader.person is None and reader.source is None:
        raise NotSignedIn(
            "Sign in to work on boundaries.", code="sign_in_required", detail_vi="Hãy đăng nhập để làm việc này."
        )
    if not may_edit_boundaries(reader):
        raise NotAllowed(
            "Your role does not work on boundaries.",
            code="role_not_allowed",
            roles=sorted(EDITORS),
            detail_vi="Chỉ cán bộ GIS và quản trị viên được làm việc với ranh giới.",
        )
    if reader.person is None:
        return reader.source or ""
    if request.method not in _SAFE_METHODS:
        check_csrf(request, reader.person)
    return reader.person.name


def counted_layers(reader: Reader) -> frozenset[str]:
    """The layers whose counts in a publication the reader may see: of the whole area, so none for who sees a part.

    Raises:
        NotFound: the reader does not see the units.
    """
    reader.registry.require("units")
    if reader.visibility.units is not None:
        return frozenset()
    return frozenset(spec.id for spec in reader.registry.values())
