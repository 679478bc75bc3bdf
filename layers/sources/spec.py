# SPDX-License-Identifier: Apache-2.0
"""A source: one configured connection to one system, as its YAML file declares it. Pure values."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from layers.connectors.base import Connector
from layers.connectors.registry import connectors
from layers.systems import SYSTEMS
from layers.transports.base import Transport
from layers.transports.registry import transports

SOURCE_ID = r"[a-z][a-z0-9-]{1,60}"


class Sending(BaseModel):
    """What this server tells a peer of: where, under which key, and which layers.

    ``instance`` is the peer's own short name: what came from it or through it is not told to it again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)]
    key: Annotated[str, Field(description="the name of a secret")]
    instance: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    layers: Annotated[tuple[str, ...], Field(min_length=1)] = ("incidents", "alerts")


class SourceSpec(BaseModel):
    """One source.

    ``door`` says how its bytes are fetched (``kind`` and the transport's options); without one they are pushed to
    ``POST /ingest/{id}``. ``send`` tells a peer what happens here. ``expected_every_s``: after three times as long
    without a message it is silent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=f"^{SOURCE_ID}$")]
    system: str
    title: dict[Literal["vi", "en"], str]
    connector: str
    options: Mapping[str, Any] = Field(default_factory=dict)
    door: Mapping[str, Any] | None = None
    send: Sending | None = None
    every_s: Annotated[float, Field(ge=0.2, le=86_400)] = 60
    expected_every_s: Annotated[float, Field(ge=1, le=31_622_400)] | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _known(self) -> "SourceSpec":
        if self.system not in SYSTEMS:
            raise ValueError(f"there is no system '{self.system}'; there are: {', '.join(SYSTEMS)}")
        if self.connector not in connectors():
            raise ValueError(f"there is no connector '{self.connector}'; there are: {', '.join(connectors())}")
        if set(self.title) != {"vi", "en"}:
            raise ValueError("the title has two languages: {vi: …, en: …}")
        self.protocol.options.model_validate(dict(self.options))
        if self.door is not None:
            if self.door.get("kind") not in transports():
                raise ValueError(f"a door has a kind; there are: {', '.join(transports())}")
            _ = self.transport_options
        return self

    @property
    def protocol(self) -> Connector:
        """The connector that reads the messages."""
        return connectors()[self.connector]

    @property
    def protocol_options(self) -> Any:
        """The connector's options, checked."""
        return self.protocol.options.model_validate(dict(self.options))

    @property
    def transport(self) -> Transport | None:
        """What fetches the messages; ``None`` where they are pushed."""
        return None if self.door is None else transports()[str(self.door["kind"])]

    @property
    def transport_options(self) -> Any:
        """The transport's options, checked."""
        assert self.door is not None and self.transport is not None
        return self.transport.options.model_validate({k: v for k, v in self.door.items() if k != "kind"})
