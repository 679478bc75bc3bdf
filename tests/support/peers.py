# SPDX-License-Identifier: Apache-2.0
"""Two map servers that tell each other of incidents and alerts: real processes, each on a database of its own."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import yaml

from api.auth import hash_of, new_key
from tests.support.stack import ROOT, Stack, running_stack

PROCESSES = ("serve", "relay", "connect")


@dataclass
class Peer:
    """One of them: its processes, its name, and the key of its own reporter."""

    name: str
    stack: Stack
    key: str

    def push(self, layer: str, records: list[dict[str, Any]]) -> dict[str, Any]:
        """Push records as the server's own source "field"."""
        answer = httpx.post(
            f"{self.stack.url}/ingest/field", params={"layer": layer}, json=records, timeout=60,
            headers={"Authorization": f"Bearer {self.key}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Rows of the server's database."""
        connection = psycopg2.connect(self.stack.database_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def number(self, query: str, *values: Any) -> int:
        """One number from the server's database."""
        return int(self.rows(query, *values)[0][0])


@contextlib.contextmanager
def running_peers(urls: tuple[str, str], folder: Path, *layers: str) -> Iterator[tuple[Peer, Peer]]:
    """Two peers, "province" and "pho-yen", ready; what happens at one is told to the other."""
    names = ("province", "pho-yen")
    keys = {name: (_key(url, f"peer-{names[1 - nth]}"), _key(url, "field")) for nth, (name, url) in
            enumerate(zip(names, urls, strict=True))}  # fmt: skip
    with contextlib.ExitStack() as stacks:
        peers = []
        for name, url in zip(names, urls, strict=True):
            home = folder / name
            (home / "sources").mkdir(parents=True)
            (home / "secrets").mkdir()
            environment = {
                "TOANCANH_SOURCES": str(home / "sources"),
                "TOANCANH_SECRETS": str(home / "secrets"),
                "TOANCANH_INSTANCE": name,
            }
            stack = stacks.enter_context(running_stack(url, home, *PROCESSES, root=ROOT, **environment))
            peers.append(Peer(name, stack, keys[name][1]))
        for here, there in (peers, peers[::-1]):
            _introduce(folder / here.name, here, there, keys[there.name][0], layers)
        yield peers[0], peers[1]


def _introduce(home: Path, here: Peer, there: Peer, key: str, layers: tuple[str, ...]) -> None:
    chosen = list(layers or ("incidents", "alerts"))
    (home / "secrets" / "peer").write_text(key)
    source = f"peer-{there.name}"
    document = {
        "id": source,
        "system": "city_ioc",
        "title": {"vi": there.name, "en": there.name},
        "connector": "cloudevents",
        "options": {"layers": chosen},
        "send": {
            "url": f"{there.stack.url}/ingest/peer-{here.name}",
            "key": "peer",
            "instance": there.name,
            "layers": chosen,
        },
    }
    (home / "sources" / f"{source}.yaml").write_text(yaml.safe_dump(document))


def _key(url: str, source: str) -> str:
    key = new_key()
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("insert into api_key (source, key_hash, layers) values (%s, %s, '{*}')", (source, hash_of(key)))
    connection.close()
    return key
