# SPDX-License-Identifier: Apache-2.0
"""The health department's registry behind a FHIR R4 façade: facilities and counts, with patients where none may be.

    GET /fhir/metadata   /fhir/{type}?_lastUpdated=ge…&_count=&_page=&_include=   /fhir/{type}/{id} (ETag)

Searches come in pages (link next) and, on bad pages, hold a Patient, an Immunization and a list of subjects. One
facility changes now and then. With --push it is no server: it sends everything to ours, the poison too, and counts the
answers.
"""

import argparse
import json
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx

from simulators.boundaries import load_ground
from simulators.fhir_data import NOBODY, TYPES, bundle, poison, registry_of, reports
from simulators.keys import add_key, key_of
from simulators.moments import today
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8466
SOURCE = "health-fhir-push"
Json = dict[str, Any]
_SEARCH = ("_lastUpdated", "_sort", "_count", "_page", "_include", "_format")


class Facade(Service):
    """The server."""

    def __init__(self, seed: str, months: int, poisoned: float, bad_days: BadDays) -> None:
        super().__init__(bad_days)
        self.registry = registry_of(seed, today(), months)
        self._poisoned = poisoned
        self._dice = Random(f"{seed}/poison")
        self._months = months
        self._poison = 0

    def change(self) -> str:
        """One facility is suspended, or opens again; answers its id."""
        location = self._dice.choice(list(self.registry.held["Location"].values()))
        status = "active" if location["status"] == "suspended" else "suspended"
        plain = {name: value for name, value in location.items() if name != "meta"}
        self.registry.put({**plain, "status": status}, datetime.now(UTC))
        return str(location["id"])

    def correct(self) -> None:
        """A commune counts again."""
        unit = self._dice.choice(load_ground().province)
        for report in reports(self._dice, unit, today().replace(day=1)):
            self.registry.put(report, datetime.now(UTC))

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        base = f"http://{asked.headers.get('host', 'localhost')}/fhir"
        match [part for part in asked.path.split("/") if part]:
            case ["fhir", "metadata"]:
                return as_json(_capabilities(base), kind="fhir+json")
            case ["fhir", kind] if kind in TYPES:
                return self._search(kind, asked.query, base)
            case ["fhir", kind, name] if name in self.registry.held.get(kind, {}):
                return _read(self.registry.held[kind][name], asked.headers.get("if-none-match"))
        return _outcome(404, "not-found", "There is no such resource")

    def _search(self, kind: str, query: dict[str, str], base: str) -> Reply:
        try:
            count, page = int(query.get("_count", "50")), int(query.get("_page", "0"))
            moment = datetime.fromisoformat(query.get("_lastUpdated", "ge1900-01-01T00:00:00Z").removeprefix("ge"))
        except ValueError:
            return _outcome(400, "invalid", "A parameter cannot be read")
        if unknown := set(query) - set(_SEARCH):
            return _outcome(400, "not-supported", f"There is no search parameter {min(unknown)}")
        found = self.registry.since(kind, moment)
        shown = found[page * count : (page + 1) * count]
        links = [{"relation": "self", "url": f"{base}/{kind}?{urlencode(query)}"}]
        if (page + 1) * count < len(found):
            links.append({"relation": "next", "url": f"{base}/{kind}?{urlencode({**query, '_page': page + 1})}"})
        told = bundle("searchset", [*shown, *self._included(shown, query), *self._slipped_in()], base)
        return as_json({**told, "total": len(found), "link": links}, kind="fhir+json")

    def _included(self, shown: list[Json], query: dict[str, str]) -> list[Json]:
        if query.get("_include") != "Location:organization":
            return []
        return [
            self.registry.held["Organization"][one["managingOrganization"]["reference"].split("/")[1]] for one in shown
        ]

    def _slipped_in(self) -> list[Json]:
        if self._dice.random() >= self._poisoned:
            return []
        self._poison += 1
        return poison(self._poison)


def _read(resource: Json, known: str | None) -> Reply:
    tag = f'W/"{resource["meta"]["versionId"]}"'
    if known == tag:
        return Reply(304, b"", headers={"ETag": tag})
    return as_json(resource, headers={"ETag": tag}, kind="fhir+json")


def _outcome(status: int, code: str, text: str) -> Reply:
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return as_json({"resourceType": "OperationOutcome", "issue": [issue]}, status, kind="fhir+json")


def _capabilities(base: str) -> Json:
    resources = [{"type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}]} for kind in TYPES]
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": today().isoformat(), "kind": "instance",
        "implementation": {"description": "Simulated registry", "url": base}, "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"], "rest": [{"mode": "server", "resource": resources}],
    }  # fmt: skip


def push(client: httpx.Client, key: str, facade: Facade, size: int) -> Json:
    """Send everything in batches, then patients alone and in a transaction; answers what was said to it."""
    told: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/fhir+json"}

    def send(resource: Json, path: str = "/fhir") -> None:
        answer = client.post(path, content=json.dumps(resource, ensure_ascii=False).encode(), headers=headers)
        if answer.status_code != 200:
            told[f"http_{answer.status_code}"] += 1
            return
        for entry in answer.json().get("entry", []):
            told[entry["response"]["status"]] += 1

    held = facade.registry.held
    named = (("Organization", "org"), ("Location", "loc"), ("HealthcareService", "svc"))
    codes = [name.removeprefix("loc-") for name in held["Location"]]
    facilities = [held[kind][f"{prefix}-{code}"] for code in codes for kind, prefix in named]
    counts = list(held["MeasureReport"].values())
    parts = [facilities[i : i + 3 * size] for i in range(0, len(facilities), 3 * size)]
    parts += [counts[i : i + size] for i in range(0, len(counts), size)]
    for number, part in enumerate(parts):
        send(bundle("batch", part + (poison(number) if number % 3 == 0 else [])))
    send(poison(9001)[0], "/fhir/Patient")
    send(bundle("transaction", [*facilities[:3], *poison(9002)]))
    return {"sent": len(facilities) + len(counts), "answers": dict(sorted(told.items())), "named": NOBODY}


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate fhir-registry", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="fhir")
    parser.add_argument("--months", type=int, default=3, help="months of counts before this one")
    parser.add_argument("--poison", type=float, default=0.25, help="share of pages that hold patients")
    parser.add_argument("--every-s", type=float, default=10.0, help="a facility and a count change so often; 0: never")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    parser.add_argument("--push", action="store_true", help="send everything to our door instead")
    parser.add_argument("--batch", type=int, default=50, help="with --push: facilities or counts in a Bundle")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    add_key(parser, SOURCE)
    chosen = parser.parse_args(argv)
    facade = Facade(chosen.seed, chosen.months, chosen.poison, BadDays(chosen.seed, chosen.busy, chosen.down))
    if chosen.push:
        with httpx.Client(base_url=chosen.url.rstrip("/"), timeout=60.0, trust_env=False) as client:
            print(json.dumps(push(client, key_of(chosen, SOURCE), facade, chosen.batch)), flush=True)
        return 0
    if chosen.every_s > 0:
        threading.Thread(target=_move, args=(facade, chosen.every_s), daemon=True).start()
    return run(facade, chosen.port, "fhir registry ready {url}/fhir")


def _move(facade: Facade, every_s: float) -> None:
    stop = threading.Event()
    while not stop.wait(every_s):
        facade.change()
        facade.correct()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
