# SPDX-License-Identifier: Apache-2.0
"""Stations as a source's file declares them, so that a reading may make its sensor before it is stored. Pure.

A declaration is the whole truth about its sensor: it is emitted with every message, which changes nothing once it is
known. A station that nobody declared must have been pushed or drawn before, or its readings are refused.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from layers.connectors.base import NO_HINTS, Found, Options, PlaceHints
from layers.connectors.quantities import BY_NAME

Own = Annotated[str, Field(min_length=1, max_length=200)]
StationKind = Literal["air", "water", "rain", "noise", "wastewater", "emission"]


class Station(Options):
    """One station: its id in the layer (the code of its files and topics, where left out), its name and its place."""

    id: Own | None = None
    name: Own
    kind: StationKind | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    commune: Own | None = None

    @model_validator(mode="after")
    def _whole_place(self) -> "Station":
        if (self.lon is None) != (self.lat is None):
            raise ValueError("a station's place has lon and lat, or neither")
        return self

    @property
    def has_place(self) -> bool:
        """Whether it is declared where it stands."""
        return self.lon is not None or self.commune is not None


class ReadingOptions(Options):
    """What every source of readings may set.

    ``parameters`` maps the source's own symbols to what sensors observe; ``default_units`` says in which unit a symbol
    comes that is sent without one.
    """

    stations: dict[Own, Station] = Field(default_factory=dict)
    parameters: dict[Own, str] = Field(default_factory=dict)
    default_units: dict[Own, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> "ReadingOptions":
        unknown = sorted(set(self.parameters.values()) - BY_NAME.keys())
        if unknown:
            raise ValueError(f"sensors do not observe '{unknown[0]}'; they observe: {', '.join(BY_NAME)}")
        return self

    def sensor_id(self, code: str) -> str:
        """The sensor's id in the layer."""
        station = self.stations.get(code)
        return code if station is None or station.id is None else station.id


def sensor_of(code: str, station: Station, **more: Any) -> Found:
    """The sensor that a declaration stands for."""
    record: dict[str, Any] = {"id": station.id or code, "name": station.name, **more}
    if station.kind is not None:
        record["kind"] = station.kind
    if station.lon is not None:
        record |= {"lon": station.lon, "lat": station.lat}
    hints = NO_HINTS if station.commune is None else PlaceHints(unit_name=station.commune)
    return Found("sensors", record, hints=hints)
