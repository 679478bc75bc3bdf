# SPDX-License-Identifier: Apache-2.0
"""The root of every failure that the product can explain.

::

    MapError
    ├── BadRequest             what the client sent cannot be understood       (geo, layers, boundaries, tiles)
    │   ├── BadParameter       one query parameter is wrong
    │   └── BadBody            the request's body is wrong
    ├── NotFound               a layer, feature, unit, set, tile or page that does not exist
    ├── NotAllowed             who asks may not do that
    ├── NotSignedIn            nobody said who asks
    ├── Conflict               the state forbids it now
    ├── Outdated               what the client changes has changed since it looked
    ├── TooLarge               a limit of size was passed
    ├── TooMany                who asks must wait before asking again
    └── Unavailable            a part that the answer needs does not answer

Each carries a stable ``code`` (snake_case), a sentence for people, and facts for machines. HTTP statuses are given
in one table, ``api/errors.py``.
"""

from typing import Any, ClassVar


class MapError(Exception):
    """A failure with a stable code.

    Args:
        detail: what was wrong and what to do, one sentence, no internals.
        code: stable slug; the class has a default.
        facts: members added to the problem document (limits, names, allowed values).
    """

    default_code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, code: str | None = None, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.default_code
        self.facts = facts


class BadRequest(MapError):
    """What the client sent cannot be understood."""

    default_code = "bad_request"


class BadParameter(BadRequest):
    """One query parameter is wrong."""

    default_code = "parameter_invalid"


class BadBody(BadRequest):
    """The request's body is wrong."""

    default_code = "body_invalid"


class NotFound(MapError):
    """It does not exist, or not for this reader."""

    default_code = "not_found"


class NotSignedIn(MapError):
    """Nobody said who asks."""

    default_code = "not_signed_in"


class NotAllowed(MapError):
    """Who asks may not do that."""

    default_code = "not_allowed"


class Conflict(MapError):
    """The state forbids it now."""

    default_code = "conflict"


class Outdated(MapError):
    """What the client changes has changed since it looked."""

    default_code = "revision_changed"


class TooLarge(MapError):
    """A limit of size was passed."""

    default_code = "too_large"


class TooMany(MapError):
    """Who asks must wait before asking again; the fact ``retry_after_s`` says how long."""

    default_code = "too_many"


class Unavailable(MapError):
    """A part that the answer needs does not answer."""

    default_code = "unavailable"
