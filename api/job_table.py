# SPDX-License-Identifier: Apache-2.0
"""Which handler does which kind of job. A handler that needs to know the layers gets them here."""

from collections.abc import Callable, Mapping

from boundaries.jobs import Handler, JobKind
from layers.registry import LayerRegistry

HANDLERS: Mapping[JobKind, Callable[[LayerRegistry], Handler]] = {}
