# SPDX-License-Identifier: Apache-2.0
"""Who writes: a source with its key, or a person whose role edits the layer, by session and with the CSRF token."""

from fastapi import Request

from api.auth import pusher_of
from api.guard import check_csrf
from api.readers import Reader
from api.state import AppState
from geo.errors import BadBody, NotAllowed, NotSignedIn
from layers.editing import MANUAL, Editor
from layers.spec import LayerSpec


async def writer_of(request: Request, state: AppState, source: str | None, spec: LayerSpec) -> str:
    """The source that the request may push into the layer as: that of its key, or "manual" for a person.

    Args:
        source: the source that it must be, ``None`` for whichever it is.

    Raises:
        NotSignedIn, NotAllowed: it may not.
    """
    if "authorization" in request.headers or await state.readers.person(request) is None:
        return (await pusher_of(request, state.database, source, spec.id)).source
    reader = await state.readers.of(request)
    check_editor(request, reader, spec)
    if source not in (None, MANUAL):
        raise NotAllowed(f"People write as the source '{MANUAL}'.", code="source_not_allowed")
    if reader.visibility.units is not None:
        raise NotAllowed("Who sees one area only edits single features, not whole tables.", code="outside_area")
    return MANUAL


def check_editor(request: Request, reader: Reader, spec: LayerSpec) -> None:
    """Whether the reader may edit the layer's features.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: the role does not edit this layer, or the request is not from our own page.
    """
    if reader.person is None and reader.source is None:
        raise NotSignedIn("Sign in to edit.", code="sign_in_required")
    if reader.role not in spec.editors:
        raise NotAllowed("Your role does not edit this layer.", code="role_not_allowed", roles=sorted(spec.editors))
    if reader.person is not None:
        check_csrf(request, reader.person)


def editor_of(request: Request, state: AppState, reader: Reader, layer: str) -> Editor:
    """The editor of a layer.

    Raises:
        NotFound: there is no such layer for this reader.
        NotSignedIn, NotAllowed: the reader may not edit it.
        BadBody: the layer's features are not edited one by one.
    """
    seen = reader.registry.require(layer)
    check_editor(request, reader, seen)
    if seen.store != "feature":
        raise BadBody("Units and indicators are published and imported, not edited one by one.", code="not_editable")
    fields = frozenset(field.name for field in seen.fields)
    return Editor(state.registry[layer], fields, reader.visibility.units, state.clock())
