# SPDX-License-Identifier: Apache-2.0
"""The sources of the demonstration: the examples of deploy/sources, pointed at this data folder and at simulators.

A file that is there already is left alone: people may change what a source does. Keys of the sources that push are made
once and kept with the other credentials.
"""

import json
import re
from pathlib import Path

from bootstrap import data_home

DROP = "/var/lib/toancanh/drop"
_FOLDER = re.compile(r"^ *path: *(/\S+)$", re.MULTILINE)
# What the simulators take. Never a real secret.
_SECRETS = {
    "lgsp-client": "demo-lgsp-secret",
    "camera-simulated": "simulator:only-for-simulated-cameras",
    "schools-oneroster": "mo-phong",
}


def prepare(root: Path, home: Path) -> None:
    """Lay the files of sources, their drop folders and the simulators' secrets into the data folder."""
    sources, secrets = home / "sources", home / "secrets"
    for folder in (sources, secrets, home / "drop"):
        folder.mkdir(parents=True, exist_ok=True)
    secrets.chmod(0o700)
    for example in sorted((root / "deploy" / "sources").glob("*.yaml")):
        target = sources / example.name
        if not target.exists():
            text = example.read_text(encoding="utf-8").replace(DROP, str((home / "drop").resolve()))
            target.write_text(text, encoding="utf-8")
        for folder in _FOLDER.findall(target.read_text(encoding="utf-8")):
            if Path(folder).is_relative_to((home / "drop").resolve()):
                Path(folder).mkdir(parents=True, exist_ok=True)
    for name, secret in _SECRETS.items():
        if not (secrets / name).exists():
            (secrets / name).write_text(secret, encoding="utf-8")


def known_keys(home: Path) -> dict[str, str]:
    """The keys of sources that the credentials hold, by source."""
    keys = data_home.read_credentials(home).get("keys")
    entries = keys if isinstance(keys, list) else []
    return {
        entry["source"]: entry["key"]
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("source"), str) and isinstance(entry.get("key"), str)
    }


def keys_of(answer: str) -> dict[str, str]:
    """The keys that the command ``source keys`` printed."""
    made = json.loads(answer)
    return {str(source): str(key) for source, key in made.items()}
