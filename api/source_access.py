# SPDX-License-Identifier: Apache-2.0
"""Who may look at sources and work on what they leave: staff who see everywhere; the switch is an administrator's."""

from fastapi import Request

from api.guard import check_csrf
from api.readers import Reader
from api.state import AppState
from geo.errors import NotAllowed, NotSignedIn
from layers.sources.letters import Desk
from layers.visibility import STAFF


def check_staff(reader: Reader, request: Request | None = None) -> None:
    """Whether the reader works with sources; with a request, also whether it comes from our own page.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: another role, one area only, or a foreign page.
    """
    if reader.person is None and reader.source is None:
        raise NotSignedIn("Sign in to see sources.", code="sign_in_required")
    if reader.role not in STAFF:
        raise NotAllowed("Your role does not work with sources.", code="role_not_allowed", roles=sorted(STAFF))
    if reader.visibility.units is not None:
        raise NotAllowed("Who sees one area only does not see sources.", code="outside_area")
    if request is not None and reader.person is not None:
        check_csrf(request, reader.person)


def check_admin(request: Request, reader: Reader) -> None:
    """Whether the reader may turn sources on and off.

    Raises:
        NotSignedIn, NotAllowed: it may not.
    """
    check_staff(reader, request)
    if reader.role != "admin":
        raise NotAllowed("Only administrators turn sources on and off.", code="role_not_allowed", roles=["admin"])


def desk_of(state: AppState, source: str) -> Desk:
    """Where the dead letters of a source are worked on; also of one without a file."""
    return Desk(state.road, source, state.sources.all.get(source), state.clock())
