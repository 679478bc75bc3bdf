# SPDX-License-Identifier: Apache-2.0
"""The long comparison of the three evaluators of filters: 100,000 random filters over 200 awkward features in PostGIS.

    PYTHONPATH=. python benchmarks/cql2_equivalence.py --url postgresql://postgres@/postgres?host=/run/cluster

The address is that of a superuser of a throw-away cluster; a database is made there and dropped again. Every filter is
also printed and parsed again in both encodings, and pandas answers every fifth batch, drawn from what it can express.
The exit status is 1 when anything differs.
"""

import argparse
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.sql import SQL, Identifier

from geo.db.migrate import migrate
from layers.catalog_sync import sync_catalog
from layers.cql2.json_writer import to_json
from layers.cql2.limits import MAX_BYTES
from layers.cql2.parse import JSON, TEXT, parse_filter
from layers.cql2.text import to_text
from layers.cql2.tree import Tree, walk
from tests.layers.cql2.equivalence import Arena
from tests.layers.cql2.expressions import Expressions
from tests.layers.cql2.oracle import by_pandas
from tests.layers.cql2.zoo import ZOO, make_rows, store

BATCH = 100
SIMPLE_SHARE = 5  # one batch in five is drawn from what pandas can express
RESULT = Path(__file__).parent / "results" / "cql2_equivalence.json"


def main() -> int:
    """Run the comparison and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="superuser of a throw-away cluster")
    parser.add_argument("--filters", type=int, default=100_000)
    parser.add_argument("--features", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    with _database(given.url) as url:
        rows = make_rows(given.seed, given.features)
        migrate(url)
        connection = psycopg2.connect(url)
        with connection:
            sync_catalog(connection, [ZOO], None)
            store(connection, rows)
        connection.close()
        arena = Arena(url, rows)
        try:
            result = _compare(arena, given.filters, given.seed)
        finally:
            arena.close()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False))  # noqa: T201 - a command's answer
    return 1 if result["mismatches"] else 0


def _compare(arena: Arena, filters: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    drawn = {False: Expressions(rng), True: Expressions(rng, simple=True)}
    counts: Counter[str] = Counter()
    nodes: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    differing: list[str] = []
    started = time.monotonic()
    for batch in range(filters // BATCH):
        simple = batch % SIMPLE_SHARE == 0
        trees = [drawn[simple].draw() for _ in range(BATCH)]
        counts["filters"] += BATCH
        for tree in trees:
            nodes.update(type(node).__name__ for node, _ in walk(tree))
        counts["round_trips"] += 2 * sum(_round_trip(tree, differing) for tree in trees)
        sql = _timed(seconds, "sql", lambda trees=trees: arena.by_sql(trees))
        columns = _timed(seconds, "columns", lambda trees=trees: [arena.by_columns(tree) for tree in trees])
        rows = _timed(seconds, "rows", lambda trees=trees: [arena.by_rows(tree) for tree in trees])
        others: list[Sequence[Any]] = [columns, rows]
        if simple:
            others.append([by_pandas(tree, arena.rows) for tree in trees])
            counts["with_pandas"] += BATCH
        for index, tree in enumerate(trees):
            answers.update(str(answer) for answer in sql[index])
            if any(other[index] != sql[index] for other in others):
                differing.append(to_text(tree))
    return {
        **counts,
        "features": len(arena.rows),
        "seed": seed,
        "answers": dict(answers),
        "nodes": dict(sorted(nodes.items())),
        "mismatches": len(differing),
        "differing": differing[:20],
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "seconds_in_all": round(time.monotonic() - started, 1),
    }


def _round_trip(tree: Tree, differing: list[str]) -> int:
    text = to_text(tree)
    document = json.dumps(to_json(tree), ensure_ascii=False)
    if max(len(text.encode()), len(document.encode())) > MAX_BYTES:
        return 0
    if parse_filter(text, TEXT, ZOO) != tree or parse_filter(document, JSON, ZOO) != tree:
        differing.append(text)
    return 1


def _timed(seconds: Counter[str], name: str, work: Any) -> Any:
    started = time.monotonic()
    done = work()
    seconds[name] += time.monotonic() - started  # type: ignore[assignment]  # a Counter of floats
    return done


@contextmanager
def _database(cluster_url: str) -> Iterator[str]:
    name = f"tc_bench_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(cluster_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(SQL("create database {}").format(Identifier(name)))
        try:
            parts = parse_dsn(make_dsn(cluster_url, dbname=name))
            query = "&".join(f"{key}={parts[key]}" for key in ("host", "port") if key in parts)
            yield f"postgresql://{parts.get('user', 'postgres')}@/{name}?{query}"
        finally:
            cursor.execute(SQL("drop database {} with (force)").format(Identifier(name)))
    connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
