# SPDX-License-Identifier: Apache-2.0
"""A FHIR server polled by ``_lastUpdated``: each type in turn, page after page by the Bundle's link 'next'.

Each type is a pull over HTTP of its own, with its own place in the cursor: one that fails does not make the others
begin again. Only the kinds that the connector takes can be asked for; what a server sends beside them is refused there.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from layers.connectors.base import Options
from layers.spec import Text
from layers.transports import http
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.http_options import Auth, HeaderText, HttpOptions, NoAuth, TokenPaging, checked_address

_NEXT = "link[?relation=='next'].url | [0]"


class FhirPollOptions(Options):
    """A server and what is asked of it.

    Args:
        base: the server's address, to which ``/Location`` is added.
        types: asked in this order: places before what refers to them.
        params: further search parameters of each type, such as ``{Location: {_include: "Location:organization"}}``.
        first_s: how far back the first visit looks; the default is everything.
    """

    base: str
    types: tuple[Literal["Location", "Organization", "HealthcareService", "MeasureReport"], ...] = (
        "Location", "MeasureReport",
    )  # fmt: skip
    params: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    count: Annotated[int, Field(ge=1, le=1000)] = 200
    auth: Auth = Field(default_factory=NoAuth)
    agency_code: HeaderText | None = None
    overlap_s: Annotated[float, Field(ge=0, le=31_622_400)] = 300
    first_s: Annotated[float, Field(ge=0, le=3_162_240_000)] = 1_577_880_000
    max_pages: Annotated[int, Field(ge=1, le=10_000)] = 1000
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30
    hosts: tuple[str, ...] = ()
    ca_file: str | None = None
    plain_http: bool = False

    @field_validator("base")
    @classmethod
    def _address(cls, base: str) -> str:
        return checked_address(base).rstrip("/")

    @model_validator(mode="after")
    def _sound(self) -> "FhirPollOptions":
        if not self.types:
            raise ValueError("'types' names at least one type")
        for kind in self.types:
            self.pull_of(kind)
        if unknown := set(self.params) - set(self.types):
            raise ValueError(f"params.{min(unknown)}: it is not among 'types'")
        return self

    def pull_of(self, kind: str) -> HttpOptions:
        """How resources of one type are pulled."""
        asked = {"_lastUpdated": "ge{since}", "_sort": "_lastUpdated", "_count": self.count}
        return HttpOptions(
            url=f"{self.base}/{kind}",
            params={**asked, **self.params.get(kind, {})},
            accept="application/fhir+json",
            auth=self.auth,
            agency_code=self.agency_code,
            paging=TokenPaging(kind="token", path=_NEXT),
            overlap_s=self.overlap_s,
            first_s=self.first_s,
            max_pages=self.max_pages,
            timeout_s=self.timeout_s,
            hosts=self.hosts,
            ca_file=self.ca_file,
            plain_http=self.plain_http,
        )


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The pages of one visit, type by type.

    Raises:
        PullFailed: the server, the network or the sign-in failed; what was brought before stays.
    """
    options: FhirPollOptions = visit.options
    cursor = dict(visit.cursor)
    for kind in options.types:
        kept = cursor.get(kind)
        asked = replace(visit, options=options.pull_of(kind), cursor=kept if isinstance(kept, dict) else {})
        async for arrival in http.TRANSPORT.arrivals(asked):
            cursor = {**cursor, kind: arrival.cursor}
            yield replace(arrival, message=replace(arrival.message, name=kind), cursor=cursor)


TRANSPORT = Transport("fhir", Text("Máy chủ FHIR (hỏi định kỳ)", "FHIR server (polled)"), arrivals, FhirPollOptions)
