# SPDX-License-Identifier: Apache-2.0
"""What a FHIR source may set. Pure values."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from layers.connectors.base import Options
from layers.connectors.layer_records import catalog

_Text = Annotated[str, Field(min_length=1, max_length=300)]


class FhirOptions(Options):
    """Which measure is which layer, how communes are named, and by what a clinic is known.

    Args:
        measures: canonical address of a Measure (without its version) to a layer of indicators; after ``#`` the code of
            the group, where a report has several.
        unit_prefixes: what stands before a commune's code in a reference, and the unit set of those codes.
        unit_systems: identifier systems of commune codes, and the unit set of each.
        facility_systems: identifier systems of mã CSKCB; empty: the official identifier, else the first.
        identity: a clinic's id is its code, or the id of the resource.
    """

    measures: Mapping[_Text, str] = Field(default_factory=dict)
    unit_prefixes: Mapping[_Text, str] = Field(default_factory=lambda: {"Location/commune-gso2025-": "province-2025"})
    unit_systems: Mapping[_Text, str] = Field(default_factory=dict)
    facility_systems: tuple[_Text, ...] = ()
    identity: Literal["identifier", "id"] = "identifier"

    @model_validator(mode="after")
    def _known(self) -> "FhirOptions":
        for layer in self.measures.values():
            spec = catalog().get(layer)
            if spec is None or spec.store != "indicator":
                raise ValueError(f"there is no indicator '{layer}' for a measure")
        return self
