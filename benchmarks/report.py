# SPDX-License-Identifier: Apache-2.0
"""The raw file and the table: every ratio with its target, and whether it was reached."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg2

from benchmarks.figures import verdict

RESULTS = Path(__file__).parent / "results"
_STYLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


def machine(url: str) -> dict[str, Any]:
    """What the numbers were measured on; without names of hosts or people."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version')")
            row = cursor.fetchone()
    finally:
        connection.close()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "processor": model[0] if model else "?",
        "python": platform.python_version(),
        "postgresql": row[0] if row else "?",
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }


def write(found: Mapping[str, Any], folder: Path = RESULTS) -> tuple[Path, str]:
    """Keep everything as ``<date>.json`` and the table as ``<date>.md``; answers the file and the table."""
    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now(UTC).strftime("%Y-%m-%d")
    if found.get("quick"):
        name += "-quick"
    file = folder / f"{name}.json"
    file.write_bytes(orjson.dumps(found, option=_STYLE))
    text = table(found)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return file, text


def table(found: Mapping[str, Any]) -> str:
    """Markdown: one row a figure."""
    about, versions = found.get("machine", {}), found.get("versions", {})
    lines = [
        f"# Benchmark of {found.get('at', '?')}",
        "",
        f"{about.get('cores', '?')} cores, PostgreSQL {about.get('postgresql', '?')}; "
        f"load from {found.get('generator', '?')}.",
        "Beside: " + (", ".join(f"{name} {version}" for name, version in versions.items()) or "nobody") + ".",
    ]
    lines += [f"{name}: {why}." for name, why in found.get("missing", {}).items()]
    if found.get("quick"):
        lines += ["", "**Quick run on a fiftieth of the data: it shows that everything works, not how fast.**"]
    for name, part in found.get("parts", {}).items():
        lines += ["", f"## {name}", ""]
        if "error" in part:
            lines += [f"Failed: `{part['error']}`"]
            continue
        lines += ["| figure | value | target | |", "|---|---:|---:|---|"]
        lines += [_row(figure) for figure in part["figures"]]
    return "\n".join(lines) + "\n"


def _row(figure: Mapping[str, Any]) -> str:
    value = "" if figure["value"] is None else f"{figure['value']:,.4g} {figure['unit']}"
    target = (
        ""
        if figure["target"] is None
        else f"{'≥' if figure['at_least'] else '≤'} {figure['target']:g} {figure['unit']}"
    )
    said = verdict(dict(figure))
    note = figure["note"] if figure["note"] != said else ""
    return f"| {figure['name']} | {value} | {target} | {' '.join(one for one in (said, note) if one)} |"
