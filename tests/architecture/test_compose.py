# SPDX-License-Identifier: Apache-2.0
"""The production form: compose file, image and nginx configuration are at least well formed and agree."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from geo.db import cluster_files
from tests.architecture.tree import PACKAGES, ROOT

SERVICES = {"postgis", "migrate", "server", "relay", "worker", "connect", "nginx"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_compose_names_the_processes_of_the_product(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == SERVICES


def test_docker_accepts_the_compose_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("the compose plugin is not installed")
    checked = subprocess.run([docker, "compose", "config", "-q"], cwd=ROOT, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()


def test_only_nginx_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]


def test_only_the_migration_knows_the_owner(compose: dict[str, Any]) -> None:
    owners = [
        name
        for name, service in compose["services"].items()
        if any("toancanh_owner" in str(value) for value in (service.get("environment") or {}).values())
    ]
    assert owners == ["migrate"]


def test_nothing_starts_before_the_schema_is_there(compose: dict[str, Any]) -> None:
    for name in ("server", "relay", "worker", "connect"):
        wanted = compose["services"][name]["depends_on"]["migrate"]["condition"]
        assert wanted == "service_completed_successfully"


def test_mounted_files_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":", 1)[0]
            assert not source.startswith("./") or (ROOT / source).is_file(), source


def test_the_image_holds_every_package_and_no_root() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+)/ \1/$", text, flags=re.MULTILINE))
    assert copied == set(PACKAGES)
    assert re.search(r"^USER toancanh$", text, flags=re.MULTILINE)


def test_the_container_database_gets_the_local_clusters_grants() -> None:
    """The script for the container repeats the local cluster's SQL, with passwords: they must agree."""
    script = (ROOT / "deploy" / "postgis" / "roles.sh").read_text(encoding="utf-8")
    for statement in cluster_files.provision_database_sql().splitlines():
        assert statement in script


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    # The upstream's name is known to the compose network alone.
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("server server:", "server 127.0.0.1:")
    copy = tmp_path / "nginx.conf"
    copy.write_text(text.replace("pid /tmp/nginx.pid", f"pid {tmp_path}/nginx.pid"), encoding="utf-8")
    checked = subprocess.run([nginx, "-t", "-c", str(copy)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_nginx_does_not_hold_back_the_live_stream() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    live = text[text.index("location = /live") :].split("}", 1)[0]
    assert "proxy_buffering off" in live
    assert "gzip off" in live
