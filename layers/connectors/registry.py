# SPDX-License-Identifier: Apache-2.0
"""The connectors of the product, found by reading this folder."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import layers.connectors
from layers.connectors.base import Connector


@cache
def connectors() -> Mapping[str, Connector]:
    """Connectors by kind.

    Raises:
        ValueError: a module's ``CONNECTOR`` has another kind than the module's name.
    """
    found: dict[str, Connector] = {}
    for module_info in pkgutil.iter_modules(layers.connectors.__path__):
        connector = getattr(importlib.import_module(f"layers.connectors.{module_info.name}"), "CONNECTOR", None)
        if connector is None:
            continue  # vocabulary beside the connectors
        if connector.kind != module_info.name:
            raise ValueError(f"layers/connectors/{module_info.name}.py declares the kind {connector.kind!r}")
        found[connector.kind] = connector
    return MappingProxyType(found)
