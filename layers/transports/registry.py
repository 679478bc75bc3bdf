# SPDX-License-Identifier: Apache-2.0
"""The transports of the product, found by reading this folder."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import layers.transports
from layers.transports.base import Transport


@cache
def transports() -> Mapping[str, Transport]:
    """Transports by kind.

    Raises:
        ValueError: a module's ``TRANSPORT`` has another kind than the module's name.
    """
    found: dict[str, Transport] = {}
    for module_info in pkgutil.iter_modules(layers.transports.__path__):
        transport = getattr(importlib.import_module(f"layers.transports.{module_info.name}"), "TRANSPORT", None)
        if transport is None:
            continue
        if transport.kind != module_info.name:
            raise ValueError(f"layers/transports/{module_info.name}.py declares the kind {transport.kind!r}")
        found[transport.kind] = transport
    return MappingProxyType(found)
