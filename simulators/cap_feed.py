# SPDX-License-Identifier: Apache-2.0
"""A publisher of warnings: an Atom index of CAP 1.2 messages with updates, cancels, exercises and five broken ones.

The index has an ETag and answers 304. With ``--every`` messages come out one after another instead of all at once.
"""

import argparse
import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from xml.sax.saxutils import escape, quoteattr

from simulators.cap_messages import VIETNAM, broken, chains, exercises
from simulators.small_server import Asked, BadDays, Reply, Service, run

PORT = 8461


@dataclass(frozen=True)
class Document:
    """One message in the index."""

    name: str
    title: str
    updated: datetime
    body: bytes


class CapFeed(Service):
    """The publisher.

    Args:
        every_s: how long after the start each further message comes out; 0: all are out.
        duplicates: share of messages that the index names twice.
    """

    def __init__(
        self, count: int = 448, seed: str = "cap", now: datetime | None = None, *, every_s: float = 0.0,
        duplicates: float = 0.0, bad_days: BadDays | None = None,
    ) -> None:  # fmt: skip
        super().__init__(bad_days or BadDays(seed))
        now = (now or datetime.now(UTC)).replace(microsecond=0)
        told = list(chains(count, seed, now))
        practice = list(exercises(max(1, count // 40), seed, now))
        wrong = broken(seed, now)
        self.chains = told
        self.documents = [_document(sent.identifier, sent.headline, sent.sent, sent.xml())
                          for chain in told for sent in chain]  # fmt: skip
        self.documents += [_document(one.identifier, one.headline, one.sent, one.xml()) for one in practice]
        self.documents += [_document(f"MP-SAI-{name}", f"Tin hỏng: {name}", now, xml) for name, xml in wrong.items()]
        # What was sent last is named last, unless the sender mixes up its order.
        self.documents.sort(key=lambda document: (document.updated, document.name))
        self.exercises, self.broken = len(practice), len(wrong)
        self._by_name = {document.name: document for document in self.documents}
        self.every_s, self._began = every_s, time.monotonic()
        self._duplicates, self._rng = duplicates, Random(f"{seed}/twice")
        self._twice = {one.name for one in self.documents if self._rng.random() < duplicates}

    @property
    def out(self) -> list[Document]:
        """The messages that are out now, oldest first."""
        if self.every_s <= 0:
            return self.documents
        return self.documents[: 1 + int((time.monotonic() - self._began) / self.every_s)]

    def summary(self) -> str:
        """What somebody who reads it all should have in the end."""
        ends = [chain[-1].kind for chain in self.chains]
        return (
            f"{len(self.chains)} alerts in {sum(map(len, self.chains))} messages, {ends.count('Update')} end updated, "
            f"{ends.count('Cancel')} cancelled; {self.exercises} exercises and tests; {self.broken} broken"
        )

    def answer(self, asked: Asked) -> Reply:
        """The index, or one document."""
        if asked.path == "/alerts.atom":
            return self._index(asked)
        name = asked.path.removeprefix("/alerts/").removesuffix(".xml")
        document = self._by_name.get(name)
        if document is None or not asked.path.endswith(".xml"):
            return Reply(404, b"not here", "text/plain")
        return Reply(200, document.body, "application/cap+xml; charset=utf-8")

    def _index(self, asked: Asked) -> Reply:
        body = self._atom(f"http://{asked.headers.get('host', 'localhost')}")
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", "application/atom+xml", {"ETag": tag})
        return Reply(200, body, "application/atom+xml; charset=utf-8", {"ETag": tag})

    def _atom(self, base: str) -> bytes:
        out = self.out
        entries = []
        for document in reversed(out):
            address = quoteattr(f"{base}/alerts/{document.name}.xml")
            entry = (
                f"<entry><id>urn:mo-phong:{document.name}</id><title>{escape(document.title)}</title>"
                f"<updated>{document.updated.astimezone(VIETNAM).isoformat()}</updated>"
                f'<link rel="alternate" type="application/cap+xml" href={address}/>'
                "</entry>\n"
            )
            entries += [entry] * (2 if document.name in self._twice else 1)
        newest = max(document.updated for document in out).astimezone(VIETNAM).isoformat()
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>urn:mo-phong:cap</id><title>Tin cảnh báo (mô phỏng)</title><updated>{newest}</updated>"
            "<author><name>Mô phỏng</name></author>\n"
        )
        return (head + "".join(entries) + "</feed>").encode()


def _document(name: str, title: str, updated: datetime, xml: str) -> Document:
    return Document(name, title, updated, xml.encode())


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate cap-feed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--count", type=int, default=448, help="alerts; their updates and cancels come on top")
    parser.add_argument("--seed", default="cap")
    parser.add_argument("--every", type=float, default=0.0, help="seconds between messages; 0: all at once")
    parser.add_argument("--duplicates", type=float, default=0.0, help="share of messages named twice in the index")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    chosen = parser.parse_args(argv)
    feed = CapFeed(chosen.count, chosen.seed, every_s=chosen.every, duplicates=chosen.duplicates,
                   bad_days=BadDays(chosen.seed, chosen.busy, chosen.down))  # fmt: skip
    print(feed.summary(), flush=True)
    return run(feed, chosen.port, "cap feed ready {url}/alerts.atom")
