# SPDX-License-Identifier: Apache-2.0
"""The key of a pushing source: given, in a file, or among the credentials of the demonstration on this machine."""

import argparse
import json
import os
from pathlib import Path

# Set by `./toancanh simulate`: the credentials of the demonstration in the same data folder.
CREDENTIALS = "TOANCANH_DEMO_CREDENTIALS"


def add_key(parser: argparse.ArgumentParser, source: str) -> None:
    """Declare ``--key`` and ``--key-file``; without either the demonstration's credentials are looked into."""
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key", help=f"key of the source {source}")
    key.add_argument("--key-file", type=Path, help="file with the key, or the demonstration's demo-credentials.json")


def key_of(chosen: argparse.Namespace, source: str) -> str:
    """The key that was chosen.

    Raises:
        SystemExit: there is none.
    """
    if chosen.key is not None:
        return str(chosen.key)
    file = chosen.key_file or os.environ.get(CREDENTIALS)
    if file is None or not Path(file).exists():
        raise SystemExit(f"which key? --key or --key-file, of the source {source}")
    return key_in(Path(file), source)


def key_in(file: Path, source: str) -> str:
    """The key in a file: bare, or that of the source in credentials.

    Raises:
        SystemExit: the credentials hold no key of the source.
    """
    text = file.read_text(encoding="utf-8").strip()
    if not text.startswith("{"):
        return text
    listed = {entry["source"]: entry["key"] for entry in json.loads(text)["keys"]}
    if source not in listed:
        raise SystemExit(f"{file} has no key of the source {source}")
    return str(listed[source])
