# SPDX-License-Identifier: Apache-2.0
"""The servers beside which we run, on the same database: tipg, Martin, pg_tileserv, and nginx with ready bytes.

Each is started with its own defaults, except: the same pool of connections as ours, one worker process where it can be
chosen, and the same attributes in tiles. What is not installed is reported as not there, and nothing stands in for it.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from psycopg2.extensions import parse_dsn

from tests.support.stack import free_port

POOL = 8
SETTLE_S = 60
TIPG = ("tipg==1.6.1", "uvicorn==0.54.0", "uvloop==0.23.0", "httptools==0.9.0")
TILE_FIELDS = {
    "units": "code name full_name type".split(),
    "cameras": "name kind status azimuth".split(),
    "incidents": "title kind severity status".split(),
}
_SQL_TYPES = {"azimuth": "float8"}
_SHAPES = {"units": "MULTIPOLYGON", "cameras": "POINT", "incidents": "POINT"}
NGINX = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
{user}events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; etag on; keepalive_requests 100000000; keepalive_timeout 600;
 open_file_cache max=100; default_type application/vnd.mapbox-vector-tile;
 client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
 scgi_temp_path {folder}/s;
 server {{ listen 127.0.0.1:{port}; root {folder}/bytes;
  location /gzip {{ add_header Content-Encoding gzip; add_header Vary Accept-Encoding; }}
  location /br {{ add_header Content-Encoding br; add_header Vary Accept-Encoding; }} }} }}
"""


@dataclass
class Peer:
    """A running peer: where it is, and how it spells a tile of a layer."""

    name: str
    version: str
    url: str
    pid: int
    tile_path: str = ""

    def tile(self, layer: str, z: int, x: int, y: int) -> str:
        """The path of a tile."""
        properties = ",".join(TILE_FIELDS.get(layer, ()))
        return self.tile_path.format(layer=layer, z=z, x=x, y=y, properties=properties)


@dataclass
class Peers:
    """Starts peers when a part asks, and stops them after it: nobody idles on the cores while others are measured."""

    folder: Path
    martin_binary: str | None = None
    tileserv_binary: str | None = None
    tipg_python: str | None = None
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def tipg(self, database_url: str) -> Peer | None:
        """tipg (PyPI) under uvicorn with uvloop and httptools, in an environment of its own."""
        python = self.tipg_python or self._make_tipg()
        if python is None:
            return None
        parts = parse_dsn(database_url)
        host = parts["host"].replace("/", "%2F")
        url = f"postgresql://{parts['user']}@{host}:{parts.get('port', '5432')}/{parts['dbname']}"
        port = free_port()
        settings = {
            "DATABASE_URL": url,
            "TIPG_DB_SCHEMAS": '["peer"]',
            "DB_MIN_CONN_SIZE": POOL,
            "DB_MAX_CONN_SIZE": POOL,
            "TIPG_MAX_FEATURES_PER_TILE": 10_000_000,
        }
        command = [
            python,
            "-m",
            "uvicorn",
            "tipg.main:app",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--no-access-log",
        ]
        version = _output([python, "-c", "import tipg; print(tipg.__version__)"])
        path = "/collections/peer.{layer}/tiles/WebMercatorQuad/{z}/{x}/{y}?properties={properties}"
        return self._start(Peer("tipg", version, f"http://127.0.0.1:{port}", 0, path), command, settings, "/healthz")

    def martin(self, database_url: str, *, cache_mb: int) -> Peer | None:
        """Martin (cargo) with one worker; ``cache_mb`` 0 is without its cache."""
        binary = self._find("martin", self.martin_binary)
        if binary is None:
            return None
        port = free_port()
        tables = {
            layer: {
                "schema": "peer",
                "table": layer,
                "srid": 4326,
                "geometry_column": "geom",
                "id_column": "id",
                "geometry_type": _SHAPES[layer],
                "properties": {one: _SQL_TYPES.get(one, "text") for one in fields},
            }
            for layer, fields in TILE_FIELDS.items()
        }
        config: dict[str, Any] = {
            "listen_addresses": f"127.0.0.1:{port}",
            "worker_processes": 1,
            "cache": {"size_mb": cache_mb},
            "postgres": {
                "connection_string": database_url,
                "pool_size": POOL,
                "auto_bounds": "skip",
                "auto_publish": False,
                "tables": tables,
            },
        }
        file = self.folder / "martin.yaml"
        file.write_text(json.dumps(config))  # JSON is YAML
        version = _output([binary, "--version"]).split()[-1]
        peer = Peer("martin", version, f"http://127.0.0.1:{port}", 0, "/{layer}/{z}/{x}/{y}")
        return self._start(peer, [binary, "--config", str(file)], {"RUST_LOG": "warn"}, "/catalog")

    def pg_tileserv(self, database_url: str) -> Peer | None:
        """pg_tileserv (Go)."""
        binary = self._find("pg_tileserv", self.tileserv_binary)
        if binary is None:
            return None
        port = free_port()
        settings = {
            "DATABASE_URL": " ".join(f"{name}={value}" for name, value in parse_dsn(database_url).items()),
            "TS_HTTPHOST": "127.0.0.1",
            "TS_HTTPPORT": port,
            "TS_DBPOOLMAXCONNS": POOL,
            "TS_MAXFEATURESPERTILE": -1,
            "TS_DEFAULTBUFFER": 64,
            "GOMAXPROCS": 2,
        }
        found = _output([binary, "--version"]).split()
        path = "/peer.{layer}/{z}/{x}/{y}.mvt?properties={properties}"
        peer = Peer("pg_tileserv", found[1] if len(found) > 1 else "unnamed build", f"http://127.0.0.1:{port}", 0, path)
        return self._start(peer, [binary], settings, "/index.json")

    def nginx(self, bodies: dict[str, bytes]) -> Peer | None:
        """nginx with one worker and the same bytes on disk: ``/identity``, ``/gzip`` and ``/br``."""
        binary = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/sbin")
        if binary is None:
            self.missing["nginx"] = "not there"
            return None
        (self.folder / "bytes").mkdir(exist_ok=True)
        for name, body in bodies.items():
            (self.folder / "bytes" / name).write_bytes(body)
        port = free_port()
        user = "user root; " if os.geteuid() == 0 else ""
        text = NGINX.format(folder=self.folder, port=port, user=user)
        (self.folder / "nginx.conf").write_text(text)
        shown = subprocess.run([binary, "-v"], capture_output=True, text=True, check=False).stderr
        peer = Peer("nginx", shown.strip().rpartition("/")[2], f"http://127.0.0.1:{port}", 0)
        return self._start(peer, [binary, "-c", str(self.folder / "nginx.conf")], {}, "/identity")

    def stop(self) -> None:
        """End every peer that was started here."""
        for name in list(self._running):
            self.stop_one(name)

    def stop_one(self, name: str) -> None:
        """End one peer, if it runs."""
        process = self._running.pop(name, None)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def _start(self, peer: Peer, command: list[str], settings: dict[str, Any], ready: str) -> Peer | None:
        with (self.folder / f"{peer.name}.log").open("ab") as log:
            process = subprocess.Popen(
                ["env", *(f"{name}={value}" for name, value in settings.items()), *command],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._running[peer.name] = process
        deadline = time.monotonic() + SETTLE_S
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(peer.url + ready, timeout=5).status_code == 200:
                    peer.pid = process.pid
                    self.versions[peer.name] = peer.version
                    return peer
            time.sleep(0.1)
        self.missing[peer.name] = f"did not start; see {self.folder}/{peer.name}.log"
        return None

    def _find(self, name: str, given: str | None) -> str | None:
        found = shutil.which(given or name)
        if found is None:
            self.missing[name] = "not there"
        return found

    def _make_tipg(self) -> str | None:
        """A virtual environment beside ours, kept for the next run: tipg wants other versions of what we pin."""
        home = Path(sys.prefix).parent / ".venv-bench-tipg"
        python = home / "bin" / "python"
        stamp = home / "made"
        if not stamp.exists():
            try:
                subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
                subprocess.run([str(python), "-m", "pip", "install", "-q", *TIPG], check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError) as error:
                self.missing["tipg"] = f"not there: {getattr(error, 'stderr', b'') or error!r}"[:300]
                return None
            stamp.touch()
        self.tipg_python = str(python)
        return self.tipg_python


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
