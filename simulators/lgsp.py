# SPDX-License-Identifier: Apache-2.0
"""A provincial data sharing platform (LGSP): OAuth2 client credentials, an agency code, pages, and bad days.

    POST /oauth2/token                             RFC 6749, 4.4; tokens run out
    GET  /api/v1/{data set}?tuNgay=&trang=&kichThuoc=   `tuNgay`: changed since, dd/MM/yyyy HH:mm:ss
    GET  /api/v1                                   the data sets

Without a token 401, without the agency's code 403; 429 and 503 with Retry-After, and slow answers, as often as asked.
"""

import argparse
import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from simulators.lgsp_data import LOCAL, NAMES, World
from simulators.small_server import Asked, BadDays, Reply, Service, as_json, run

PORT = 8091
CLIENT, SECRET, AGENCY = "ioc-thainguyen", "demo-lgsp-secret", "H55.IOC"
_LARGEST = 500


@dataclass(frozen=True)
class Access:
    """Who may read."""

    client: str = CLIENT
    secret: str = SECRET
    agency: str = AGENCY
    scope: str = "doc"
    token_s: float = 300.0


class Platform(Service):
    """The platform; ``clock`` tells when tokens run out and what happened until now."""

    def __init__(self, world: World, access: Access, bad_days: BadDays, clock: Callable[[], float] = time.time) -> None:
        super().__init__(bad_days)
        self._world = world
        self._access = access
        self._clock = clock
        self._tokens: dict[str, float] = {}

    def answer(self, asked: Asked) -> Reply:
        """One request."""
        if asked.path == "/oauth2/token":
            return self._token(asked)
        if not asked.path.startswith("/api/v1"):
            return as_json({"maLoi": "KHONG_CO", "thongBao": "Không có địa chỉ này"}, 404)
        return self._refused(asked) or self._data(asked)

    def revoke_all(self) -> None:
        """Every token is void at once, as after a restart of the gateway."""
        self._tokens.clear()

    def _token(self, asked: Asked) -> Reply:
        if asked.method != "POST":
            return as_json({"error": "invalid_request"}, 405)
        form = {name: values[-1] for name, values in parse_qs(asked.body.decode("utf-8", "replace")).items()}
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, encoded = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            client, _, secret = base64.b64decode(encoded + "==").decode("utf-8", "replace").partition(":")
        known = client == self._access.client and secrets.compare_digest(secret.encode(), self._access.secret.encode())
        if not known:
            return as_json({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
        if form.get("grant_type") != "client_credentials":
            return as_json({"error": "unsupported_grant_type"}, 400)
        if form.get("scope", self._access.scope) != self._access.scope:
            return as_json({"error": "invalid_scope"}, 400)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._clock() + self._access.token_s
        said = {"access_token": token, "token_type": "Bearer", "expires_in": int(self._access.token_s)}
        return as_json(said, 200, {"Cache-Control": "no-store"})

    def _refused(self, asked: Asked) -> Reply | None:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or self._tokens.get(token, 0) <= self._clock():
            problem = {"maLoi": "TOKEN", "message": "Token hết hạn hoặc không hợp lệ"}
            return as_json(problem, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if asked.headers.get("x-agency-code") != self._access.agency:
            return as_json({"maLoi": "DON_VI", "message": "Mã định danh đơn vị không được phép"}, 403)
        return None

    def _data(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/api/v1").strip("/")
        if not name:
            return as_json({"maLoi": 0, "duLieu": {"danhMuc": list(NAMES)}})
        if name not in NAMES:
            return as_json({"maLoi": "KHONG_CO", "message": f"Không có dữ liệu {name}"}, 404)
        try:
            page = max(int(asked.query.get("trang", "1")), 1)
            size = min(max(int(asked.query.get("kichThuoc", "100")), 1), _LARGEST)
            said = asked.query.get("tuNgay")
            since = datetime.strptime(said, "%d/%m/%Y %H:%M:%S").replace(tzinfo=LOCAL) if said else None
        except ValueError as error:
            return as_json({"maLoi": "THAM_SO", "message": f"Tham số sai: {error}"}, 400)
        now = datetime.fromtimestamp(self._clock(), LOCAL)
        records = self._world.records(name, now, since)
        part = records[(page - 1) * size : page * size]
        if name == "diem-du-lich":
            return as_json({"type": "FeatureCollection", "features": part}, kind="geo+json")
        meta = {"tongSo": len(records), "trang": page, "kichThuoc": size, "danhSach": part}
        return as_json({"maLoi": 0, "thongBao": "OK", "duLieu": meta})


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate lgsp", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seed", default="lgsp")
    parser.add_argument("--count", type=int, default=200, help="places and attractions")
    parser.add_argument("--every-s", type=float, default=60, help="one event of each log so often")
    parser.add_argument("--backlog-h", type=float, default=24, help="hours of events before now")
    parser.add_argument("--late", type=float, default=0.05, help="share of events that appear ten minutes late")
    parser.add_argument("--corrupt", type=float, default=0.0, help="share of records without their id")
    parser.add_argument("--client-id", default=CLIENT)
    parser.add_argument("--client-secret", default=SECRET)
    parser.add_argument("--agency", default=AGENCY)
    parser.add_argument("--token-s", type=float, default=300, help="how long a token is good")
    parser.add_argument("--busy", type=float, default=0.0, help="share of answers that are 429")
    parser.add_argument("--down", type=float, default=0.0, help="share of answers that are 503")
    parser.add_argument("--slow", type=float, default=0.0, help="share of answers that are slow")
    parser.add_argument("--slow-s", type=float, default=3.0)
    chosen = parser.parse_args(argv)
    # A whole minute: the same seed tells the same story when it is started again within it.
    began = datetime.now(LOCAL).replace(second=0, microsecond=0) - timedelta(hours=chosen.backlog_h)
    world = World(chosen.seed, began, chosen.every_s, chosen.count, chosen.late, chosen.corrupt)
    access = Access(chosen.client_id, chosen.client_secret, chosen.agency, token_s=chosen.token_s)
    bad_days = BadDays(chosen.seed, chosen.busy, chosen.down, chosen.slow, chosen.slow_s)
    return run(Platform(world, access, bad_days), chosen.port, "lgsp ready {url}/api/v1")
