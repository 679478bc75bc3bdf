# SPDX-License-Identifier: Apache-2.0
"""Query options (18-088, section 9.3.3), at the root and inside ``$expand``. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from geo.errors import BadParameter
from layers.sta.expression import Node, Path, parse_filter, parse_path
from layers.sta.model import ENTITY_TYPES, EntityType, Relation

MAX_TOP = 1_000
DEFAULT_TOP = 100
MAX_SKIP = 1_000_000
MAX_EXPAND_DEPTH = 6
MAX_EXPANSIONS = 30
MAX_ORDER = 5
_NESTED = ("$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count")
_ROOT = (*_NESTED, "$skiptoken", "$resultFormat")
# Members that every entity has beside its properties.
CONTROL = ("id", "@iot.id", "@iot.selfLink")
Pairs: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Order:
    """One criterion of ``$orderby``."""

    path: Path
    descending: bool


@dataclass(frozen=True)
class Options:
    """What is asked of a collection or an entity.

    Args:
        after: the key after which the page begins, instead of a number to skip.
        raw: the options as they came, from which the next page's are made.
    """

    filter: Node | None = None
    expand: tuple["Expand", ...] = ()
    select: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    top: int = DEFAULT_TOP
    skip: int = 0
    count: bool = False
    after: str | None = None
    data_array: bool = False
    raw: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Expand:
    """One relation whose entities come along."""

    relation: Relation
    options: Options


def parse_options(kind: EntityType, pairs: Pairs) -> Options:
    """The options of a request for entities of a kind.

    Raises:
        BadParameter: an option that is unknown, repeated or not understood.
    """
    return _parse(kind, pairs, _ROOT, _Budget())


class _Budget:
    """How much more may be expanded."""

    def __init__(self) -> None:
        self.left = MAX_EXPANSIONS

    def spend(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > MAX_EXPAND_DEPTH:
            raise BadParameter(
                f"$expand follows at most {MAX_EXPANSIONS} relations, {MAX_EXPAND_DEPTH} deep.", code="expand_too_large"
            )


def _parse(kind: EntityType, pairs: Pairs, allowed: Sequence[str], budget: _Budget, depth: int = 1) -> Options:
    raw = _once(pairs, allowed)
    return Options(
        filter=parse_filter(raw["$filter"]) if "$filter" in raw else None,
        expand=_expand(kind, raw.get("$expand", ""), budget, depth),
        select=_select(kind, raw["$select"]) if "$select" in raw else (),
        order=tuple(_order(part) for part in _split(raw.get("$orderby", ""), ",")),
        top=_number("$top", raw.get("$top"), DEFAULT_TOP, None),
        skip=_number("$skip", raw.get("$skip"), 0, MAX_SKIP),
        count=_count(raw.get("$count", "false")),
        after=raw.get("$skiptoken"),
        data_array=_data_array(kind, raw.get("$resultFormat")),
        raw=raw,
    )


def _once(pairs: Pairs, allowed: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            raise BadParameter(
                f"There is no query option '{name[:40]}' here; there are: {', '.join(allowed)}",
                code="parameter_unknown",
                allowed=list(allowed),
            )
        if name in found:
            raise BadParameter(f"{name} is given twice.", code="parameter_repeated", parameter=name)
        if "\x00" in value:
            raise BadParameter(f"{name} holds a character that is no text.", code="text_invalid", parameter=name)
        found[name] = value
    if len(_split(found.get("$orderby", ""), ",")) > MAX_ORDER:
        raise BadParameter(f"$orderby takes at most {MAX_ORDER} properties.", code="orderby_invalid")
    return found


def _number(name: str, text: str | None, default: int, highest: int | None) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadParameter(f"{name} is a whole number from 0 on.", code="parameter_invalid", parameter=name)
    number = int(text)
    if highest is None:
        # More than we give at once is no mistake (18-088, section 9.3.3.6): the next link goes on.
        return min(number, MAX_TOP)
    if number > highest:
        raise BadParameter(f"{name} is at most {highest}: filter instead.", code="parameter_invalid", parameter=name)
    return number


def _count(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise BadParameter("$count is true or false.", code="parameter_invalid", parameter="$count")
    return text.lower() == "true"


def _data_array(kind: EntityType, text: str | None) -> bool:
    if text is None:
        return False
    if text != "dataArray" or kind.plural != "Observations":
        raise BadParameter("$resultFormat is dataArray, for Observations.", code="parameter_invalid")
    return True


def _select(kind: EntityType, text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",")]
    known = (*CONTROL, *kind.properties, *(relation.name for relation in kind.relations))
    for name in names:
        if name not in known:
            raise BadParameter(
                f"{kind.called} has no '{name[:60]}'; it has: {', '.join(known)}",
                code="property_unknown",
                allowed=list(known),
            )
    return tuple(dict.fromkeys(names))


def _order(text: str) -> Order:
    words = text.split()
    if not words or len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
        raise BadParameter("$orderby is a property, and asc or desc.", code="orderby_invalid")
    return Order(parse_path(words[0]), len(words) == 2 and words[1].lower() == "desc")


def _expand(kind: EntityType, text: str, budget: _Budget, depth: int) -> tuple[Expand, ...]:
    found: dict[str, Expand] = {}
    for part in _split(text, ","):
        expand = _expansion(kind, part.strip(), budget, depth)
        name = expand.relation.name
        found[name] = _merged(found[name], expand) if name in found else expand
    return tuple(found.values())


def _expansion(kind: EntityType, text: str, budget: _Budget, depth: int) -> Expand:
    budget.spend(depth)
    names, bracket, inside = text.partition("(")
    if bracket and not inside.endswith(")"):
        raise BadParameter("$expand: a bracket is not closed.", code="expand_invalid")
    first, _, more = names.strip().partition("/")
    relation = kind.relation(first)
    if relation is None:
        allowed = [one.name for one in kind.relations]
        raise BadParameter(
            f"$expand: {kind.called} does not lead to '{first[:60]}', but to {', '.join(allowed)}",
            code="expand_unknown",
            allowed=allowed,
        )
    target = ENTITY_TYPES[relation.target]
    if more:
        return Expand(relation, Options(expand=(_expansion(target, more + bracket + inside, budget, depth + 1),)))
    pairs = [_pair(part) for part in _split(inside[:-1], ";")] if bracket else []
    return Expand(relation, _parse(target, pairs, _NESTED, budget, depth + 1))


def _merged(first: Expand, second: Expand) -> Expand:
    """``Datastreams/Sensor,Datastreams/Observations`` is one relation with two below it."""
    plain = Options(expand=second.options.expand, raw=second.options.raw)
    if second.options != plain:
        raise BadParameter(f"$expand names {second.relation.name} twice.", code="expand_invalid")
    return replace(first, options=replace(first.options, expand=(*first.options.expand, *second.options.expand)))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.strip().partition("=")
    if not equals:
        raise BadParameter("$expand: options in brackets are $name=value, with ';' between.", code="expand_invalid")
    return name.strip(), value


def _split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand in no bracket and in no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == mark and not quoted and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]
