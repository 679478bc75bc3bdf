# SPDX-License-Identifier: Apache-2.0
"""The words of the command ``source``. Apart from what they do: the other commands need not load every protocol."""

from pathlib import Path
from typing import Any

from layers.systems import SYSTEMS


def add_commands(commands: Any) -> None:
    """Declare ``source``."""
    actions = commands.add_parser("source", help="connected systems").add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="what a source's file would bring; nothing is stored")
    check.add_argument("file", type=Path)
    check.add_argument("--sample", metavar="FILE_OR_URL", help="read this instead of asking the source's own address")
    check.add_argument("--pages", type=int, default=3, help="ask for at most so many messages")
    _add_desk(actions)
    keys = actions.add_parser("keys", help="make a key for each source that pushes; prints them as JSON")
    keys.add_argument("--except", dest="known", nargs="*", default=[], metavar="SOURCE")
    drafted = actions.add_parser("infer", help="draft a file, layer and source, from an address; prints YAML")
    drafted.add_argument("url", help="OGC API Features collection, GeoJSON, CSV, XLSX, JSON or CKAN")
    drafted.add_argument("--layer", help="id of the layer; default: from the address")
    drafted.add_argument("--id", help="path of the records' id, where none is found")
    drafted.add_argument("--system", choices=tuple(SYSTEMS), default="data_platform")


def _add_desk(actions: Any) -> None:
    """Declare them below ``source``."""
    actions.add_parser("list", help="every source: state, last message, what came and what was refused in 24 hours")
    letters = actions.add_parser("letters", help="open dead letters of a source, newest first")
    letters.add_argument("source")
    letters.add_argument("--code", help="only those of this reason")
    again = actions.add_parser("replay", help="read what was refused again, after something was mended")
    again.add_argument("source")
    again.add_argument("--letter", type=int, metavar="ID", help="this one; default: all that are open")
    again.add_argument("--code", help="all of this reason")
