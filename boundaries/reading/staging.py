# SPDX-License-Identifier: Apache-2.0
"""The first step of the child: an upload becomes files with names of ours in the staging folder, each judged.

Uses the standard library alone, so that a hostile file meets as little code as possible.
"""

import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from boundaries.reading import integrity, markup
from boundaries.reading.archive import Member, judge, open_archive, plain_path, unpack
from boundaries.reading.faults import Fault, named
from boundaries.reading.formats import (
    ARCHIVE_NAMES,
    COMPANIONS,
    FORBIDDEN_NAMES,
    HEAD_BYTES,
    UNSUPPORTED,
    container_of,
    extension_of,
    format_of,
    refused,
)
from boundaries.reading.limits import Limits

UNPACKED = "files"
# What a zip's name may end with besides .zip.
_CONTAINER_NAMES = {"zip": {"zip", "kmz"}, "7z": {"7z"}, "rar": {"rar"}}
_NOISE_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}\Z")


@dataclass(frozen=True)
class Dataset:
    """A file (or geodatabase folder) that the reader may open.

    Attributes:
        path: relative to the staging folder.
        key: where it lies in the archive; for a lone file its ending only, as names of files carry dates.
        title: what people call it, from the name in the upload.
        companions: endings of the files beside it.
        charset: encoding that the file declares for its text, as written there.
    """

    path: str
    key: str
    title: str
    extension: str
    size: int
    companions: tuple[str, ...] = ()
    charset: str | None = None


@dataclass
class Staged:
    """What came out of an upload: data sets to open, and faults that do not stop the reading."""

    datasets: list[Dataset] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "datasets": [asdict(one) for one in self.datasets],
            "faults": [fault.to_json() for fault in self.faults],
        }


def stage(upload: Path, name: str, folder: Path, limits: Limits, bsdtar: str | None) -> Staged:
    """Judge an upload and lay its files into ``folder``.

    Raises:
        Fault: the upload is refused, or holds nothing that can be opened.
    """
    with upload.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise Fault("FILE_CORRUPT", "Tệp rỗng.", "The file is empty.")
    (folder / UNPACKED).mkdir()
    extension = extension_of(name)
    kind = container_of(head)
    containers = set().union(*_CONTAINER_NAMES.values())
    if extension in containers:
        if kind is None or extension not in _CONTAINER_NAMES[kind]:
            raise named("FILE_TYPE_MISMATCH", name)
        return _stage_archive(upload, folder, limits, bsdtar)
    if extension in UNSUPPORTED:
        raise _unsupported(extension)
    one = format_of(extension)
    target = folder / UNPACKED / f"d00.{extension}"
    _refuse(name, head)
    if one is None or extension == "gdb":
        raise named("FILE_UNSUPPORTED", name)
    shutil.copyfile(upload, target)
    dataset = Dataset(f"{UNPACKED}/{target.name}", extension, Path(name).stem[:80], extension, target.stat().st_size)
    return _finished([dataset], folder)


def _stage_archive(upload: Path, folder: Path, limits: Limits, bsdtar: str | None) -> Staged:
    with upload.open("rb") as stream:
        kind = container_of(stream.read(16))
    assert kind is not None
    archive = open_archive(upload, kind, limits, bsdtar)
    members = archive.members()
    judge(members, upload.stat().st_size, limits)
    useful = [member for member in members if not member.is_folder and not _is_noise(member.name)]
    for member in useful:
        extension = extension_of(member.name)
        if extension in ARCHIVE_NAMES:
            raise named("FILE_NESTED_ARCHIVE", member.name)
        if extension in FORBIDDEN_NAMES:
            raise named("FILE_FORBIDDEN_DRIVER", member.name)
    targets, datasets = _plan(useful, folder)
    if not datasets:
        _explain_nothing(useful)
    unpack(archive, targets, {member.name: member.size for member in useful})
    return _finished(datasets, folder)


def _is_noise(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1].casefold() in _NOISE_NAMES


def _explain_nothing(useful: list[Member]) -> None:
    unsupported = [extension for member in useful if (extension := extension_of(member.name)) in UNSUPPORTED]
    if "dwg" in unsupported:
        raise _unsupported("dwg")
    raise Fault("LAYER_NONE")


def _unsupported(extension: str) -> Fault:
    kind = UNSUPPORTED[extension]
    if extension == "dwg":
        return Fault("FILE_UNSUPPORTED", "Tệp DWG: hãy lưu thành DXF hoặc DGN v7.", "A DWG: save it as DXF or DGN v7.")
    return Fault("FILE_UNSUPPORTED", f"Loại tệp: {kind}.", f"Kind of file: {kind}.")


@dataclass
class _Group:
    """Files of one stem in one folder of the archive, or a geodatabase folder."""

    title: str
    members: dict[str, Member] = field(default_factory=dict)


def _plan(useful: list[Member], folder: Path) -> tuple[dict[str, Path], list[Dataset]]:
    """Which member is written where, and the data sets that come of it."""
    groups: dict[str, _Group] = {}
    for member in useful:
        path = plain_path(member.name) or ""
        parent, _, base = path.rpartition("/")
        extension = extension_of(base)
        if parent.casefold().endswith(".gdb"):
            if _PLAIN_NAME.match(base):
                groups.setdefault(parent.casefold(), _Group(Path(parent).stem)).members[base] = member
        elif format_of(extension) or extension in COMPANIONS:
            stem = base[: -len(extension) - 1]
            groups.setdefault(f"{parent}/{stem}".casefold(), _Group(stem)).members.setdefault(extension, member)
    has_other = any(_main_of(group) not in (None, "json") for group in groups.values())
    targets: dict[str, Path] = {}
    datasets: list[Dataset] = []
    for key, group in groups.items():
        main = "gdb" if key.endswith(".gdb") else _main_of(group)
        # A lone .json beside a real layer is a package's description.
        if main is None or (main == "json" and has_other):
            continue
        base_name = f"d{len(datasets):02d}"
        place = folder / UNPACKED / (f"{base_name}.gdb" if main == "gdb" else "")
        place.mkdir(exist_ok=True)
        for suffix, member in group.members.items():
            targets[member.name] = place / (suffix if main == "gdb" else f"{base_name}.{suffix}")
        companions = () if main == "gdb" else tuple(sorted(set(group.members) - {main}))
        size = sum(member.size for member in group.members.values())
        datasets.append(
            Dataset(f"{UNPACKED}/{base_name}.{main}", f"{key}.{main}", group.title[:80], main, size, companions)
        )
    return targets, datasets


def _main_of(group: _Group) -> str | None:
    return next((extension for extension in group.members if format_of(extension)), None)


def _refuse(name: str, head: bytes) -> None:
    codes = refused(name, head)
    if "FILE_UNSUPPORTED" in codes and extension_of(name) == "dgn":
        raise Fault("FILE_UNSUPPORTED", "DGN v8: hãy lưu thành DGN v7 hoặc DXF.", "DGN v8: save it as DGN v7 or DXF.")
    if codes:
        raise ExceptionGroup("refused", [named(code, name) for code in codes])


def _finished(datasets: list[Dataset], folder: Path) -> Staged:
    """Look into each file for what its reader would trip over, or follow out of the folder."""
    staged = Staged()
    for dataset in datasets:
        path = folder / dataset.path
        if dataset.extension == "gdb":
            if not (path / "a00000001.gdbtable").is_file():
                raise named("FILE_INCOMPLETE", dataset.title)
            staged.datasets.append(dataset)
            continue
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        _refuse(f"{dataset.title}.{dataset.extension}", head)
        integrity.refuse_what_was_cut(path, dataset.extension)
        charset = markup.prepare(path, dataset.extension, staged.faults)
        for companion in dataset.companions:
            charset = markup.prepare_companion(path.with_suffix(f".{companion}"), companion) or charset
        staged.datasets.append(Dataset(**{**asdict(dataset), "charset": charset}))
    return staged
