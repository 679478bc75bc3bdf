# SPDX-License-Identifier: Apache-2.0
"""The folder of sources: one YAML file each, read again when a file changes. A file that is wrong hides no other."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from geo.errors import NotFound
from layers.sources.spec import SourceSpec

_LOOK_EVERY_S = 2.0
_MAX_BYTES = 1_000_000


class SourceNotFound(NotFound):
    """No file declares a source of this id."""

    default_code = "source_not_found"


@dataclass(frozen=True)
class Fault:
    """A file that declares no source, and why."""

    file: str
    reason: str


class SourceBook:
    """The sources of a folder. Without a folder, or with an empty one, there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._looked = float("-inf")
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._sources: Mapping[str, SourceSpec] = {}
        self._faults: tuple[Fault, ...] = ()

    @property
    def all(self) -> Mapping[str, SourceSpec]:
        """The sources by id."""
        self._look()
        return self._sources

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The files that could not be read as a source."""
        self._look()
        return self._faults

    def require(self, source: str) -> SourceSpec:
        """The source of that id.

        Raises:
            SourceNotFound: there is none.
        """
        spec = self.all.get(source)
        if spec is None:
            raise SourceNotFound("No source of this id is configured. Each is a YAML file in the folder of sources.")
        return spec

    def _look(self) -> None:
        if self._folder is None or time.monotonic() - self._looked < _LOOK_EVERY_S:
            return
        self._looked = time.monotonic()
        files = sorted(self._folder.glob("*.yaml")) if self._folder.is_dir() else []
        stamp = tuple((file.name, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        sources: dict[str, SourceSpec] = {}
        faults: list[Fault] = []
        for file in files:
            try:
                spec = read_source(file)
            except ValueError as error:
                faults.append(Fault(file.name, str(error)))
                continue
            if spec.id in sources:
                faults.append(Fault(file.name, f"another file declares the source '{spec.id}' already"))
            else:
                sources[spec.id] = spec
        self._sources, self._faults = sources, tuple(faults)


def read_source(file: Path) -> SourceSpec:
    """The source that a file declares: the whole document, or its member ``source`` beside a ``layer``.

    Raises:
        ValueError: the file is no YAML, or declares no valid source; the sentence says where.
    """
    document = read_document(file)
    try:
        return SourceSpec.model_validate(document.get("source", document))
    except ValidationError as error:
        raise ValueError("; ".join(_told(one) for one in error.errors()[:5])) from error


def read_document(file: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds.

    Raises:
        ValueError: it holds none.
    """
    try:
        data = file.read_bytes()
        if len(data) > _MAX_BYTES:
            raise ValueError(f"the file is larger than {_MAX_BYTES} bytes")
        document = yaml.safe_load(data.decode())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise ValueError("must hold members such as 'id', 'system' and 'connector'")
    return document


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else str(error["msg"])
