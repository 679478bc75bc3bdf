# SPDX-License-Identifier: Apache-2.0
"""What is pushed to configured sources: messages in their own protocol, and what pushes of records tell of a source."""

from typing import Any

from fastapi import Request

from api.auth import pusher_of
from api.body import read_bytes
from api.state import AppState
from geo.errors import BadBody, Conflict, NotAllowed, TooMany
from layers.batch import Receipt
from layers.connectors.base import Message
from layers.sources.delivery import Delivery
from layers.sources.health import is_on
from layers.sources.pushed import note_pushed
from layers.sources.road import receive
from layers.sources.spec import SourceSpec
from layers.systems import SYSTEMS

# What tells one device or one exchange from another; never a credential.
_HEADERS = ("traceparent", "ce-id", "ce-source", "ce-type", "ce-time", "ce-subject", "ce-specversion", "ce-iocorigin",
            "ce-iochops", "idempotency-key")  # fmt: skip


class SwitchedOff(Conflict):
    """The source is switched off: nothing of it is taken."""

    default_code = "source_off"


async def push_message(request: Request, state: AppState, source: str) -> dict[str, Any]:
    """Take the body of a request as one message of a source; answers what became of it.

    Raises:
        SourceNotFound, NotSignedIn, NotAllowed, TooLarge: as they say.
        TooMany: the source sent too much that came to nothing; it waits.
        BadBody: the message as a whole could not be read; it is kept as a dead letter.
    """
    spec = state.sources.require(source)
    await check_pusher(request, state, spec)
    check_budget(state, source)
    body = await read_bytes(request, state.settings.max_body_bytes)
    headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
    name = request.query_params.get("name", "")[:500]
    content_type = request.headers.get("content-type", "application/octet-stream")[:200]
    message = Message(body, state.clock(), content_type, name, headers)
    return (await take_message(state, spec, message)).as_json()


async def check_pusher(request: Request, state: AppState, spec: SourceSpec) -> None:
    """Whether the request has a key of the source that covers one of the layers that its system brings.

    Which layers a message may reach is fixed by the source's file, not by who sends it.

    Raises:
        NotSignedIn, NotAllowed: it has none.
    """
    refused: NotAllowed | None = None
    for layer in ("*", *SYSTEMS[spec.system].layers):
        try:
            await pusher_of(request, state.database, spec.id, layer)
        except NotAllowed as error:
            refused = error
        else:
            return
    assert refused is not None
    raise refused


async def take_message(state: AppState, spec: SourceSpec, message: Message) -> Delivery:
    """One message down the common road, and its cost on the source's budget.

    Raises:
        SwitchedOff: somebody switched the source off, or its file does.
        BadBody: the message could not be read at all; with the code that its dead letter has.
    """
    await check_switch(state, spec.id)
    delivery = (await receive(state.road, spec, [message], state.clock()))[0]
    state.budget.spend(spec.id, int(delivery.came_to_nothing))
    if delivery.dead:
        raise BadBody(delivery.detail or "The message could not be read.", code=delivery.code, message=delivery.message)
    return delivery


async def check_switch(state: AppState, source: str) -> None:
    """Whether a configured source is on; others have no switch but their key.

    Raises:
        SwitchedOff: it is not.
    """
    spec = state.sources.all.get(source)
    if spec is not None and not await is_on(state.database, spec):
        raise SwitchedOff("This source is switched off; an administrator switches it on again.")


def check_budget(state: AppState, source: str) -> None:
    """Whether the source may send now.

    Raises:
        TooMany: it sent too much that came to nothing.
    """
    wait_s = state.budget.wait_s(source)
    if wait_s > 0:
        raise TooMany(
            "Too much of what this source sends cannot be used: look at the answers, mend it, then go on.",
            code="source_slowed_down",
            retry_after_s=round(wait_s, 1),
        )


async def account(state: AppState, source: str, receipt: Receipt) -> None:
    """A push of records in our own form: its cost, and for a configured source that it was heard of."""
    understood = receipt.received - len(receipt.rejected)
    state.budget.spend(source, int(receipt.received > 0 and understood == 0))
    if source in state.sources.all:
        await note_pushed(state.database, source, receipt, state.clock())
