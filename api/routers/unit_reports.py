# SPDX-License-Identifier: Apache-2.0
"""The change report of a draft or a publication: one HTML file that opens without a network, or a PDF."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.boundary_access import boundary_editor, counted_layers
from api.deps import Lang, Reading, State
from api.settings import Settings
from boundaries.report.assets import read_assets
from boundaries.report.facts import ReportFacts
from boundaries.report.gather import draft_facts
from boundaries.report.gather_publication import publication_facts
from boundaries.report.html import html_report, policy
from boundaries.report.pdf import pdf_report

router = APIRouter(prefix="/boundaries", tags=["Change reports"])
Id = Annotated[int, Path(ge=1, lt=2**63)]
Kind = Literal["html", "pdf"]


@router.get("/drafts/{draft}/report.html", summary="The change report of a draft", response_class=Response)
async def draft_html(draft: Id, request: Request, state: State, lang: Lang = "vi") -> Response:
    """One file with everything in it: maps, tables, findings, legal basis, who and when."""
    await boundary_editor(request, state)
    facts = await draft_facts(state.database, draft)
    return await asyncio.to_thread(_written, facts, state.settings, "html", lang)


@router.get("/drafts/{draft}/report.pdf", summary="The same on paper", response_class=Response)
async def draft_pdf(draft: Id, request: Request, state: State, lang: Lang = "vi") -> Response:
    """A4, with the maps as vector shapes."""
    await boundary_editor(request, state)
    facts = await draft_facts(state.database, draft)
    return await asyncio.to_thread(_written, facts, state.settings, "pdf", lang)


@router.get("/publications/{publication}/report.html", summary="The report of a publication", response_class=Response)
async def publication_html(publication: Id, reader: Reading, state: State, lang: Lang = "vi") -> Response:
    """For whoever reads the units; layers that the reader does not see are left out of what follows."""
    facts = await publication_facts(state.database, publication, counted_layers(reader))
    return await asyncio.to_thread(_written, facts, state.settings, "html", lang)


@router.get("/publications/{publication}/report.pdf", summary="The same on paper", response_class=Response)
async def publication_pdf(publication: Id, reader: Reading, state: State, lang: Lang = "vi") -> Response:
    """A4, with the maps as vector shapes."""
    facts = await publication_facts(state.database, publication, counted_layers(reader))
    return await asyncio.to_thread(_written, facts, state.settings, "pdf", lang)


def _written(facts: ReportFacts, settings: Settings, kind: Kind, lang: Literal["vi", "en"]) -> Response:
    name = f"{'bao-cao' if lang == 'vi' else 'report'}-{facts.subject}-{facts.number}.{kind}"
    # As it stands in the browser's window: it may not act as this server, and keeps what no proxy may keep.
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if kind == "pdf":
        return Response(pdf_report(facts, settings.static, lang), media_type="application/pdf", headers=headers)
    content = html_report(facts, read_assets(settings.static), lang)
    headers["Content-Security-Policy"] = (
        f"{policy(content)}; frame-ancestors 'self'; sandbox allow-scripts allow-modals allow-downloads"
    )
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)
