# SPDX-License-Identifier: Apache-2.0
"""The layers that are files of ``layers/catalog``, and the registry, an immutable value. Pure: connectors use them."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import layers.catalog
from geo.errors import NotFound
from layers.spec import LayerSpec
from layers.visibility import Visibility


class LayerRegistry(Mapping[str, LayerSpec]):
    """Layers by id, in the order of the layer panel."""

    def __init__(self, specs: Iterable[LayerSpec]) -> None:
        ordered = sorted(specs, key=lambda spec: (spec.group.order, spec.render.order, spec.id))
        by_id = {spec.id: spec for spec in ordered}
        if len(by_id) != len(ordered):
            raise ValueError("two layers have the same id")
        self._by_id = MappingProxyType(by_id)

    def __getitem__(self, layer: str) -> LayerSpec:
        return self._by_id[layer]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def require(self, layer: str) -> LayerSpec:
        """The layer of that id.

        Raises:
            NotFound: there is none.
        """
        spec = self._by_id.get(layer)
        if spec is None:
            raise NotFound(
                "There is no such layer. /collections lists the layers.",
                code="layer_not_found",
                layers=list(self),
            )
        return spec

    def seen_by(self, visibility: Visibility) -> "LayerRegistry":
        """The layers and fields that a class of readers may see."""
        return LayerRegistry(
            spec.seen_by(visibility) for spec in self._by_id.values() if visibility.sees_layer(spec.id)
        )

    def with_layers(self, *specs: LayerSpec) -> "LayerRegistry":
        """A new registry that has these layers too.

        Raises:
            ValueError: an id is taken.
        """
        return LayerRegistry([*self._by_id.values(), *specs])


def read_catalog() -> LayerRegistry:
    """Read every file of ``layers/catalog``.

    Raises:
        ValueError: a file has no ``LAYER``, or its layer's id is not the file's name.
    """
    specs = []
    for module_info in pkgutil.iter_modules(layers.catalog.__path__):
        module = importlib.import_module(f"layers.catalog.{module_info.name}")
        spec = getattr(module, "LAYER", None)
        if not isinstance(spec, LayerSpec):
            raise ValueError(f"layers/catalog/{module_info.name}.py defines no LAYER")
        if spec.id != module_info.name:
            raise ValueError(f"layers/catalog/{module_info.name}.py declares the layer {spec.id!r}")
        specs.append(spec)
    return LayerRegistry(specs)
