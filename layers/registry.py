# SPDX-License-Identifier: Apache-2.0
"""The layers of the product: the files of ``layers/catalog``, and what the files of sources declare beside them."""

import logging
from pathlib import Path

from layers.built_in import LayerRegistry, read_catalog
from layers.spec import LayerSpec

__all__ = ["LayerRegistry", "discover"]
_log = logging.getLogger(__name__)


def discover(sources: Path | None = None) -> LayerRegistry:
    """Read every file of ``layers/catalog``, and the layers that files of the sources' folder declare.

    A declared layer that is wrong is logged and left out: somebody's typing error must not stop the server.

    Raises:
        ValueError: a file of the catalog has no ``LAYER``, or its layer's id is not the file's name.
    """
    catalog = read_catalog()
    return catalog if sources is None else catalog.with_layers(*_declared(sources, catalog))


def _declared(sources: Path, catalog: LayerRegistry) -> tuple[LayerSpec, ...]:
    # Here, because files of sources are read with connectors, and some of those look layers up.
    from layers.declared import read_layers

    found, faults = read_layers(sources, catalog)
    for fault in faults:
        _log.error("a declared layer is left out: %s", fault)
    return found
