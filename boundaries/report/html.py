# SPDX-License-Identifier: Apache-2.0
"""The report as one HTML file that opens from disk, without a network: styles, scripts, fonts and maps are in it.

The file brings its own Content-Security-Policy: nothing is fetched, and only the scripts that were written here run,
named by their hashes. So a text that got through the escaping could still do nothing.
"""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path

import orjson

from boundaries.report import words
from boundaries.report.assets import Assets
from boundaries.report.compose import compose
from boundaries.report.document import Block, Cell, Document, Figure, MapsHere, Note, Pairs, Section, Table
from boundaries.report.facts import ReportFacts
from boundaries.report.legend import figure_of
from boundaries.report.maps import DrawnMap, draw
from boundaries.report.shapes import focus
from boundaries.report.wording import Lang, pick

_HERE = Path(__file__).parent
_STYLE = (_HERE / "report.css").read_text(encoding="utf-8")
_SCRIPT = (_HERE / "report.js").read_text(encoding="utf-8")
_NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'"
_RANGES = {
    "latin": "U+0000-00FF,U+0131,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212",
    "vietnamese": (
        "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,"
        "U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB"
    ),
}


def html_report(facts: ReportFacts, assets: Assets, lang: Lang = "vi") -> bytes:
    """The file. The same facts and assets give the same bytes."""
    document, maps = compose(facts, lang), draw(facts)
    scripts = [assets.leaflet_js, _SCRIPT, *(drawn.script for drawn in maps), _start(facts, maps, lang)] if maps else []
    main = _beside(document, [_section(section, facts, maps, lang) for section in document.sections])
    said = (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(document.title)} · {escape(document.kicker)}</title>"
        f"<style>{assets.leaflet_css if maps else ''}</style><style>{_fonts(assets)}{_STYLE}</style></head>"
        f'<body><div class="sheet">{_head(document)}<main>{main}</main>{_foot(document)}</div>'
        f"{''.join(f'<script>{script}</script>' for script in scripts)}</body></html>\n"
    )
    # A lone surrogate of a broken file has no UTF-8; the sign for it stands where it was.
    return said.encode("utf-8", errors="replace")


def policy(html: bytes) -> str:
    """The Content-Security-Policy that a report was written with."""
    marker = b'<meta http-equiv="Content-Security-Policy" content="'
    start = html.index(marker) + len(marker)
    return html[start : html.index(b'"', start)].decode()


def _policy(scripts: Iterable[str]) -> str:
    digests = (hashlib.sha256(script.encode("utf-8", "replace")).digest() for script in scripts)
    named = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"
    # Leaflet places its parts by their style attributes.
    return f"{_NOTHING_ELSE}; script-src {named}; style-src 'unsafe-inline'; font-src data:; img-src data:"


def _fonts(assets: Assets) -> str:
    return "".join(
        f'@font-face{{font-family:"Noto Sans";font-weight:{font.weight};'
        f"src:url(data:font/woff2;base64,{base64.b64encode(font.woff2).decode()}) format('woff2');"
        f"unicode-range:{_RANGES[font.subset]}}}"
        for font in assets.web_fonts
    )


def _head(document: Document) -> str:
    badge = f'<span class="badge {document.badge_tone}">{escape(document.badge)}</span>'
    sentence = f'<p class="sentence">{escape(document.sentence)}</p>' if document.sentence else ""
    numbers = "".join(_number(figure) for figure in document.figures)
    figures = f'<dl class="figures">{numbers}</dl>' if numbers else ""
    return (
        f'<header><p class="kicker">{escape(document.kicker)}</p>'
        f'<div class="headline"><h1>{escape(document.title)}</h1>{badge}</div>{sentence}'
        f"{figures}</header>"
    )


def _number(figure: Figure) -> str:
    small = f"<small>{escape(figure.small)}</small>" if figure.small else ""
    value = f'<dd class="{figure.tone}">{escape(figure.value)}{small}</dd>'
    return f"<div><dt>{escape(figure.label)}</dt>{value}</div>"


def _foot(document: Document) -> str:
    return f"<footer>{''.join(f'<p>{escape(line)}</p>' for line in document.footer)}</footer>"


def _beside(document: Document, written: list[str]) -> str:
    """The sections one after the other; the two short ones about law and people share a row."""
    ids = [section.id for section in document.sections]
    if "acts" in ids:
        first = ids.index("legal")
        written[first : first + 2] = [f'<div class="beside">{"".join(written[first : first + 2])}</div>']
    return "".join(written)


def _section(section: Section, facts: ReportFacts, maps: tuple[DrawnMap, ...], lang: Lang) -> str:
    blocks = "".join(_block(block, section, facts, maps, lang) for block in section.blocks)
    title = f'<h2 id="{section.id}-title">{escape(section.title)}</h2>'
    return f'<section id="{section.id}" aria-labelledby="{section.id}-title">{title}{blocks}</section>'


def _block(block: Block, section: Section, facts: ReportFacts, maps: tuple[DrawnMap, ...], lang: Lang) -> str:
    if isinstance(block, MapsHere):
        return figure_of(facts, maps, lang)
    if isinstance(block, Note):
        return f'<p class="note {block.tone}">{escape(block.text)}</p>'
    if isinstance(block, Pairs):
        return f'<dl class="pairs">{"".join(_pair(name, value) for name, value in block.rows)}</dl>'
    return _table(block, section)


def _pair(name: str, value: str) -> str:
    return f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"


def _table(table: Table, section: Section) -> str:
    whole = sum(column.width for column in table.columns)
    widths = "".join(f'<col style="width:{column.width / whole:.1%}">' for column in table.columns)
    kinds = [' class="number"' if column.is_number else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(column.title)}</th>' for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(_cell(cell, column.is_number) for cell, column in zip(row, table.columns, strict=True))}</tr>"
        for row in table.rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-labelledby="{section.id}-title"><table>'
        f"<colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell, is_number: bool) -> str:
    kinds = " ".join(kind for kind in ("number" if is_number else "", cell.tone) if kind not in ("", "plain"))
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    marked = f' class="{kinds}"' if kinds else ""
    return f"<td{marked}>{escape(cell.text)}{small}</td>"


def _start(facts: ReportFacts, maps: tuple[DrawnMap, ...], lang: Lang) -> str:
    """The call that names the maps' parts to report.js."""
    seen = focus(facts.maps)
    assert seen is not None
    sides = ",".join(f"{{map:map_{drawn.side},units:units_{drawn.side}}}" for drawn in maps)
    present = {drawn.side for drawn in maps}
    layers = {"lost": "before", "won": "after", "old": "after", "unagreed": "after"}
    named = ",".join(f"{name}:{{map:map_{side},layer:{name}}}" for name, side in layers.items() if side in present)
    view = orjson.dumps([[seen[1], seen[0]], [seen[3], seen[2]]]).decode()
    place = orjson.dumps([pick(words.LABELS[drawn.side], lang) for drawn in maps]).decode()
    return f"toancanhReport.start({{sides:[{sides}],layers:{{{named}}},view:{view},place:{place}}});"
