# SPDX-License-Identifier: Apache-2.0
"""Each entity type as rows: the selections that reading, filtering and expanding share. Pure builders.

Every selection carries the reader's area and holds the columns that ``layers/sta/model.py`` names: the properties, the
keys, and the columns that relations start from and end at.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geo.db.functions import text_literal
from layers.metric_tables import datastream, observation
from layers.registry import LayerRegistry
from layers.spec import LayerSpec
from layers.sta.columns import (
    is_sensor,
    observed_period,
    place_properties,
    procedure,
    thing_description,
    thing_name,
    thing_properties,
)
from layers.sta.vocabulary import GEOJSON, MEASUREMENT, observed_rows, observing_layers, sensor_rows
from layers.tables import feature
from layers.where_sql import in_area, is_layer

_MOMENT = DateTime(timezone=True)
_f, _d, _o = feature.c, datastream.c, observation.c


class World:
    """What one reader sees of the entities, now.

    Args:
        registry: the layers and fields of this reader alone.
        area: the units to which features must belong; ``None`` is everywhere.
    """

    def __init__(self, registry: LayerRegistry, area: tuple[int, ...] | None, now: datetime, lang: str = "vi") -> None:
        self.specs = observing_layers(registry)
        self.now = now
        self._area = area
        self._lang = lang

    def rows(self, plural: str) -> Subquery:
        """The entities of a type, as a new selection."""
        return _ROWS[plural](self).subquery()

    def is_seen(self, spec: LayerSpec) -> ColumnElement[bool]:
        """A feature is of the layer, and for this reader."""
        return and_(is_layer(_f.layer, spec), *in_area(spec, self._area))

    def vocabulary(
        self, rows: Callable[[LayerSpec, str], list[dict[str, Any]]], spec: LayerSpec
    ) -> list[dict[str, Any]]:
        """What a layer's file says, in the reader's language."""
        return rows(spec, self._lang)

    def listed(self, rows: Callable[[LayerSpec, str], list[dict[str, Any]]], **kinds: Any) -> Any:
        """Rows of the vocabulary, in one bound value."""
        values = [row for spec in self.specs for row in self.vocabulary(rows, spec)]
        table = func.jsonb_to_recordset(literal(values, JSONB)).table_valued(
            *(column(name, kind) for name, kind in kinds.items())
        )
        return table.render_derived(with_types=True)

    def title(self, spec: LayerSpec) -> str:
        """The layer's own name."""
        return spec.title.en if self._lang == "en" else spec.title.vi


def _things(world: World) -> Select[Any]:
    parts = [_things_of(world, spec) for spec in world.specs]
    if len(parts) == 1:
        return parts[0]
    return select(union_all(*parts).subquery())


def _things_of(world: World, spec: LayerSpec) -> Select[Any]:
    return select(
        _f.id,
        thing_name(spec).label("name"),
        thing_description(spec, world.title(spec)).label("description"),
        thing_properties(spec).label("properties"),
        _f.geom,
        _f.recorded_at,
        place_properties(spec).label("place"),
    ).where(world.is_seen(spec))


def _locations(world: World) -> Select[Any]:
    things = _things(world).subquery()
    return select(
        things.c.id,
        things.c.name,
        things.c.description,
        literal(GEOJSON, Text).label("encodingType"),
        things.c.geom.label("location"),
        things.c.place.label("properties"),
    ).where(things.c.geom.is_not(None))


def _historical_locations(world: World) -> Select[Any]:
    """The place where a thing is now, with the moment of the record that says so."""
    things = _things(world).subquery()
    return select(things.c.id, things.c.recorded_at.label("time")).where(things.c.geom.is_not(None))


def _features_of_interest(world: World) -> Select[Any]:
    things = _things(world).subquery()
    return select(
        things.c.id,
        things.c.id.label("thing"),
        things.c.name,
        things.c.description,
        literal(GEOJSON, Text).label("encodingType"),
        things.c.geom.label("feature"),
        things.c.place.label("properties"),
    )


def _datastreams(world: World) -> Select[Any]:
    parts = [_datastreams_of(world, spec) for spec in world.specs]
    if len(parts) == 1:
        return parts[0]
    return select(union_all(*parts).subquery())


def _datastreams_of(world: World, spec: LayerSpec) -> Select[Any]:
    """What the vocabulary says of a property is looked up in one bound value: a join would be one more for each hop."""
    said = literal({row["property"]: row for row in world.vocabulary(observed_rows, spec)}, JSONB).op(
        "->", return_type=JSONB()
    )(_d.property)
    return (
        select(
            _d.id,
            func.concat(thing_name(spec), " · ", _told(said, "name")).label("name"),
            _told(said, "description").label("description"),
            literal(MEASUREMENT, Text).label("observationType"),
            said.op("->", return_type=JSONB())(text_literal("unit")).label("unitOfMeasurement"),
            _f.geom.label("observedArea"),
            observed_period().label("phenomenonTime"),
            said.op("->", return_type=JSONB())(text_literal("properties")).label("properties"),
            _f.id.label("thing"),
            procedure(spec).label("sensor"),
            func.concat(text_literal(f"{spec.id}."), _d.property, type_=Text).label("observed"),
        )
        .join_from(datastream, feature, is_sensor(spec))
        .where(world.is_seen(spec), is_layer(_d.layer, spec), _is_observed(spec))
    )


def _observations(world: World) -> Select[Any]:
    parts = [_observations_of(world, spec) for spec in world.specs]
    if len(parts) == 1:
        return parts[0]
    return select(union_all(*parts).subquery())


def _observations_of(world: World, spec: LayerSpec) -> Select[Any]:
    """Readings; one that was taken back has no value and is none."""
    micros = cast(func.extract("epoch", _o.phenomenon_time) * 1_000_000, BigInteger)
    told = func.jsonb_build_object(text_literal("revision"), _o.revision, text_literal("recordedAt"), _o.recorded_at)
    return (
        select(
            func.concat(_o.datastream, "-", micros).label("id"),
            _o.datastream,
            _f.id.label("thing"),
            _o.phenomenon_time.label("phenomenonTime"),
            cast(null(), _MOMENT).label("resultTime"),
            _o.value.label("result"),
            _o.quality.label("resultQuality"),
            told.label("parameters"),
        )
        .join_from(observation, datastream, _d.id == _o.datastream)
        .join(feature, is_sensor(spec))
        .where(
            world.is_seen(spec),
            is_layer(_d.layer, spec),
            _is_observed(spec),
            _o.value.is_not(None),
        )
    )


def _sensors(world: World) -> Select[Any]:
    kinds = dict.fromkeys(("id", "name", "description", "encodingType", "metadata"), Text())
    return select(world.listed(sensor_rows, **kinds, properties=JSONB()))


def _observed_properties(world: World) -> Select[Any]:
    kinds = dict.fromkeys(("id", "name", "definition", "description"), Text())
    return select(world.listed(observed_rows, **kinds, properties=JSONB()))


_ROWS: Mapping[str, Callable[[World], Select[Any]]] = {
    "Things": _things,
    "Locations": _locations,
    "HistoricalLocations": _historical_locations,
    "FeaturesOfInterest": _features_of_interest,
    "Datastreams": _datastreams,
    "Observations": _observations,
    "Sensors": _sensors,
    "ObservedProperties": _observed_properties,
}


def _is_observed(spec: LayerSpec) -> ColumnElement[bool]:
    names = [observed.name for observed in spec.observed]
    return _d.property == func.any(literal(names, ARRAY(Text)))


def _told(said: Any, name: str) -> ColumnElement[str]:
    text: ColumnElement[str] = said.op("->>", return_type=Text())(text_literal(name))
    return text
