# SPDX-License-Identifier: Apache-2.0
"""The way in: a client's filter becomes a checked tree, or a 400. Pure."""

from collections.abc import Collection

from layers.cql2.check import Checker
from layers.cql2.json_parser import parse_json
from layers.cql2.limits import checked_text, refuse
from layers.cql2.text_parser import parse_text
from layers.cql2.tree import Tree
from layers.cql2.vocabulary import filterable
from layers.spec import LayerSpec

TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)
# Literals are lon, lat on WGS 84, however that is said.
CRS84 = ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "https://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84")


def parse_filter(text: str, lang: str, spec: LayerSpec, hidden: Collection[str] = ()) -> Tree:
    """Read a filter over a layer.

    Args:
        text: what the client sent, decoded.
        lang: ``cql2-text`` or ``cql2-json`` (the parameter ``filter-lang``).
        spec: the layer whose properties may be named.
        hidden: fields that this reader must not see; naming one is as if it did not exist.

    Raises:
        BadParameter: it cannot be read, does not fit the layer, or is more than the limits allow. Codes start with
            ``filter_``.
    """
    if lang not in LANGUAGES:
        refuse("lang_unknown", f"filter-lang is one of {', '.join(LANGUAGES)}", allowed=list(LANGUAGES))
    checker = Checker(filterable(spec, hidden))
    checked = checked_text(text)
    return parse_text(checked, checker) if lang == TEXT else parse_json(checked, checker)


def check_filter_crs(crs: str) -> None:
    """Check the parameter ``filter-crs``.

    Raises:
        BadParameter: not CRS84.
    """
    if crs not in CRS84:
        refuse("crs_unknown", f"filter-crs is {CRS84[0]}", allowed=[CRS84[0]])
