# SPDX-License-Identifier: Apache-2.0
"""The two pages that the server writes itself: one while the front end is not built, one that shows the API."""

import base64
import hashlib
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:2rem 1.25rem;color:#1c2a35;"
    "background:#f6f8f9}h1{font-size:1.7rem}h2{margin-top:2.2rem;border-bottom:1px solid #c5d0d9}"
    "code{background:#e3e9ee;border-radius:4px;padding:.1em .35em;font-size:.92em}article{margin:1.1rem 0}"
    "article p{margin:.2rem 0 .2rem 1rem}.method{font-weight:700;color:#22709e}ul{margin:.2rem 0 .2rem 1rem}"
    "@media(prefers-color-scheme:dark){body{color:#dbe6ee;background:#0a131d}code{background:#16283a}"
    "h2{border-color:#22384c}.method{color:#6db3ea}a{color:#6db3ea}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# These pages have no script at all, and one style that is named by its hash.
PAGE_CSP = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def landing_page() -> str:
    """What a browser sees as long as there is no front end."""
    return _page(
        "Toàn Cảnh",
        "<h1>Toàn Cảnh</h1>"
        "<p>Máy chủ đang chạy, nhưng giao diện bản đồ chưa được dựng. "
        "Chạy <code>./toancanh demo</code>, hoặc <code>npm ci &amp;&amp; npm run build</code> trong "
        "<code>frontend/</code>.</p>"
        "<p>The server runs, but its front end is not built yet. Run <code>./toancanh demo</code>, or "
        "<code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>.</p>"
        '<p><a href="/collections">/collections</a> · <a href="/api.html">/api.html</a> · '
        '<a href="/?f=json">/?f=json</a></p>',
    )


def api_page(openapi: dict[str, Any]) -> str:
    """Every operation of the API, by its tag, as plain HTML."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["Other"])[0]
            by_tag.setdefault(tag, []).append(_operation(path, method, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(found)}" for tag, found in by_tag.items())
    info = openapi["info"]
    head = f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
    return _page(f"{info['title']} API", f'{head}<p><a href="/api">OpenAPI 3.0</a></p>{sections}')


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{escape(parameter['name'])}</code> {escape(parameter.get('description', parameter['in']))}</li>"
        for parameter in operation.get("parameters", ())
    )
    return (
        f'<article><span class="method">{escape(method.upper())}</span> <code>{escape(path)}</code>'
        f"<p>{escape(operation.get('summary', ''))}. {escape(operation.get('description', ''))}</p>"
        f"<ul>{parameters}</ul></article>"
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
