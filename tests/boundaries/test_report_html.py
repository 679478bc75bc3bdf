# SPDX-License-Identifier: Apache-2.0
"""The HTML report: one file, nothing fetched, nothing that a hostile name could do."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from shapely.geometry import box

from boundaries.report.assets import Assets, read_assets
from boundaries.report.facts import Both, DrawnUnit, Maps, ReportFacts
from boundaries.report.html import html_report, policy
from geo.errors import Unavailable
from tests.boundaries.report_samples import merged_city, redrawn_wards
from tests.support.stack import ROOT

STATIC = ROOT / "frontend" / "dist"
HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'&\u202e=HYPERLINK("http://x")\u2028'


@pytest.fixture(scope="module")
def assets() -> Assets:
    """What the built front end brings."""
    if not (STATIC / "assets" / "report" / "leaflet.js").exists():
        pytest.skip("needs the built front end (npm run build in frontend/)")
    return read_assets(STATIC)


class Page(HTMLParser):
    """Tags with their attributes, scripts and visible texts."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        (self.scripts if self.tags and self.tags[-1][0] == "script" else self.texts).append(data)


def hostile() -> ReportFacts:
    """A report whose every foreign text attacks."""
    facts = redrawn_wards()
    maps = facts.maps
    before, after = (tuple(replace(unit, name=HOSTILE) for unit in side) for side in (maps.before, maps.after))
    assert facts.source is not None
    return replace(
        facts,
        title=HOSTILE,
        sentence=Both(HOSTILE, HOSTILE),
        maps=replace(maps, before=before, after=after),
        changes=tuple(
            replace(one, name_after=HOSTILE, name_before=HOSTILE, code_after=HOSTILE) for one in facts.changes
        ),
        findings=tuple(replace(one, detail=Both(HOSTILE, HOSTILE), units=(HOSTILE,)) for one in facts.findings),
        source=replace(facts.source, name=HOSTILE, producer=HOSTILE, crs=HOSTILE),
    )


def test_nothing_is_fetched(assets: Assets) -> None:
    html = html_report(merged_city(), assets)
    page = Page(html)
    assert [tag for tag, _ in page.tags if tag in ("link", "img", "iframe", "object", "embed", "base")] == []
    assert [attributes for _, attributes in page.tags if {"src", "href", "srcset", "data"} & attributes.keys()] == []
    assert re.findall(rb"@import|url\((?!data:|#)", html) == []
    assert b"cdn.jsdelivr" not in html
    assert b"sourceMappingURL" not in html
    # Leaflet's own home page (the attribution, switched off) and the names of SVG; folium's are all gone.
    hosts = set(re.findall(rb"https?://([a-z0-9.-]+)", html))
    assert hosts <= {b"www.w3.org", b"leafletjs.com"}


def test_only_scripts_that_were_written_here_may_run(assets: Assets) -> None:
    html = html_report(merged_city(), assets)
    said = policy(html)
    assert said.startswith("default-src 'none'")
    assert "'unsafe-inline'" not in said.split("script-src")[1].split(";")[0]
    assert len(re.findall(r"'sha256-", said)) == sum(tag == "script" for tag, _ in Page(html).tags)


def test_names_of_hostile_files_are_text(assets: Assets) -> None:
    html = html_report(hostile(), assets)
    page = Page(html)
    plain = Page(html_report(redrawn_wards(), assets))
    # No element that a harmless report of the same facts has not.
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags}
    assert [tag for tag, _ in page.tags].count("script") == 5
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "\u202e" not in html.decode()
    assert any("<script>alert(1)</script>" in text and "[U+202E]" in text for text in page.texts)


def test_the_same_facts_give_the_same_bytes(assets: Assets) -> None:
    assert html_report(merged_city(), assets) == html_report(merged_city(), assets)


def test_a_name_like_a_drawn_id_changes_nothing_else(assets: Assets) -> None:
    unit = DrawnUnit("05443", "map_" + "0" * 32, box(105.8, 21.5, 105.9, 21.6), 0)
    html = html_report(replace(redrawn_wards(), maps=Maps(after=(unit,))), assets).decode()
    assert "map_" + "0" * 32 in html
    assert not re.findall(r"\b(?:map|geo_json)_(?!0{32})[0-9a-f]{32}\b", html)


def test_a_report_is_small_enough_for_mail(assets: Assets) -> None:
    assert len(html_report(merged_city(), assets)) < 700_000


def test_without_the_front_end_it_says_so() -> None:
    with pytest.raises(Unavailable, match="not built"):
        read_assets(ROOT / "nowhere")
