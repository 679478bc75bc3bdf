# SPDX-License-Identifier: Apache-2.0
"""Against requests that another site makes in a signed-in browser (OWASP ASVS 5.0, 3.5): origin first, then a token."""

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from api.accounts import Person
from geo.errors import NotAllowed


def check_origin(request: Request) -> None:
    """A browser's request must come from our own page.

    Raises:
        NotAllowed: the browser says that another site sent it.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise NotAllowed("This request came from another site.", code="origin_not_allowed")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("This request came from another site.", code="origin_not_allowed")


def check_csrf(request: Request, person: Person) -> None:
    """A change by cookie must carry the session's token, which another site cannot read.

    Raises:
        NotAllowed: foreign origin, or no or another token.
    """
    check_origin(request)
    if not hmac.compare_digest(request.headers.get("x-csrf-token", "").encode(), person.csrf.encode()):
        raise NotAllowed("Send the session's token as X-CSRF-Token.", code="csrf_invalid")
