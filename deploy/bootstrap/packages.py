# SPDX-License-Identifier: Apache-2.0
"""The distribution's packages: what is missing, who may install it, and the exact line for a person who must.

Before PostgreSQL is installed, `create_main_cluster = false` keeps the distribution from making and starting
a cluster of its own; the file goes away afterwards, so that the machine's own habits stay as they were. The servers
that tests drive are installed as programs: a `policy-rc.d` of ours, for as long as apt runs, keeps their services from
starting, and they do not start with the machine either.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap.commands import Runner
from bootstrap.console import Failure, Step, say
from geo.db.cluster_host import installed_versions

NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/toancanh.conf")
_WRITE_NO_MAIN_CLUSTER = f"mkdir -p {NO_MAIN_CLUSTER.parent} && echo 'create_main_cluster = false' > {NO_MAIN_CLUSTER}"
# Packages whose services would start: package -> units. What was installed before is left alone.
_SERVICES = {
    "vsftpd": ("vsftpd.service",),
    "openssh-server": ("ssh.service", "ssh.socket"),
    "mosquitto": ("mosquitto.service",),
}
START_POLICY = Path("/usr/sbin/policy-rc.d")
_FORBID_STARTING = f"printf '#!/bin/sh\\nexit 101\\n' > {START_POLICY} && chmod 755 {START_POLICY}"
# What each release ships, for machines whose package lists are still empty.
_SHIPPED = {("debian", "12"): 15, ("debian", "13"): 17, ("ubuntu", "24.04"): 16}


@dataclass(frozen=True)
class Rights:
    """Whether packages may be installed: by root, by sudo after asking, or not at all."""

    assume_yes: bool

    def prefix(self, names: Sequence[str]) -> list[str] | None:
        """The words before an apt command, or None when the person has to run it."""
        if os.geteuid() == 0:
            return []
        if shutil.which("sudo") is None or not _sudo_works():
            return None
        if self.assume_yes or _asked(names):
            return ["sudo", "-n"]
        return None


def _sudo_works() -> bool:
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def _asked(names: Sequence[str]) -> bool:
    if not sys.stdin.isatty():
        return False
    say(f"\nCần cài gói hệ thống bằng sudo · packages to install with sudo: {' '.join(names)}")
    return input("Đồng ý? · go on? [y/N] ").strip().lower() in {"y", "yes", "c", "co", "có"}


def _release() -> tuple[str, str]:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return "", ""
    found = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)"?$', text, flags=re.MULTILINE))
    return found.get("ID", ""), found.get("VERSION_ID", "")


def _offered_version() -> int | None:
    """The newest PostgreSQL for which the package lists offer PostGIS 3."""
    if shutil.which("apt-cache") is None:
        return None
    search = ["apt-cache", "search", "--names-only", "^postgresql-[0-9]+-postgis-3$"]
    listed = subprocess.run(search, capture_output=True, text=True, check=False).stdout
    majors = [int(number) for number in re.findall(r"^postgresql-(\d+)-postgis-3\b", listed, flags=re.MULTILINE)]
    return max(majors, default=None)


def postgis_names(needed_major: int | None = None) -> list[str]:
    """The PostGIS packages of this release; `needed_major` is the version that made existing data."""
    major = needed_major or _offered_version() or _SHIPPED.get(_release(), 15)
    return [f"postgresql-{major}-postgis-3", f"postgresql-{major}-postgis-3-scripts"]


def venv_names() -> list[str]:
    """The package that gives this Python its `venv` module."""
    if Path(sys.executable).resolve().parent != Path("/usr/bin"):
        return ["python3-venv"]
    return [f"python3.{sys.version_info.minor}-venv"]


def manual_line(names: Sequence[str]) -> str:
    """The line a person runs as an administrator; safe for the distribution's own cluster."""
    guard = f"{_WRITE_NO_MAIN_CLUSTER} && " if any(name.startswith("postgresql") for name in names) else ""
    after = f"; systemctl disable --now {' '.join(units_of(names))}" if units_of(names) else ""
    return f'sudo sh -c "{guard}apt-get update && apt-get install -y --no-install-recommends {" ".join(names)}{after}"'


def units_of(names: Sequence[str]) -> list[str]:
    """The services that would start with these packages."""
    return [unit for name in names for unit in _SERVICES.get(name, ())]


def install(step: Step, runner: Runner, rights: Rights, names: Sequence[str]) -> None:
    """Installs packages, or ends with exit code 2 and the exact line to run."""
    if not names:
        step.note("đã có (ready)")
        return
    database = any(name.startswith("postgresql") for name in names)
    prefix = rights.prefix(names) if shutil.which("apt-get") else None
    if prefix is None:
        raise Failure(_explanation(names, database=database), code=2)
    if database:
        runner.run(step, [*prefix, "sh", "-c", _WRITE_NO_MAIN_CLUSTER])
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    runner.run(step, [*apt, "update"], foreground=True)
    with _services_asleep(step, runner, prefix, units_of(names)):
        runner.run(step, [*apt, "install", "-y", "--no-install-recommends", *names], foreground=True)
    if database:
        runner.run(step, [*prefix, "rm", "-f", str(NO_MAIN_CLUSTER)])


@contextlib.contextmanager
def _services_asleep(step: Step, runner: Runner, prefix: Sequence[str], units: Sequence[str]) -> Iterator[None]:
    """New services neither start now nor with the machine. A policy that the machine has already is its own."""
    ours = bool(units) and not START_POLICY.exists()
    if ours:
        runner.run(step, [*prefix, "sh", "-c", _FORBID_STARTING])
    try:
        yield
    finally:
        if ours:
            runner.run(step, [*prefix, "rm", "-f", str(START_POLICY)])
    if units and shutil.which("systemctl"):
        # Where a unit or systemd itself is not there, there is nothing that could start.
        runner.run(step, [*prefix, "sh", "-c", f"systemctl disable --now {' '.join(units)} || true"])


def _explanation(names: Sequence[str], *, database: bool) -> str:
    lines = [
        f"Thiếu gói hệ thống · missing system packages: {' '.join(names)}",
        "Hãy chạy (quyền quản trị) · run this as an administrator, then start again:",
        "",
        f"    {manual_line(names)}",
    ]
    if database:
        lines += [
            "",
            "Hoặc dùng PostGIS có sẵn · or use a PostGIS 3.3+ of your own (a role that owns the database):",
            "",
            "    DATABASE_URL=postgresql://USER:PASSWORD@HOST:5432/toancanh ./toancanh demo",
        ]
    return "\n".join(lines)


def missing_postgis(needed_major: int | None = None) -> list[str]:
    """The PostGIS packages, unless a fitting PostgreSQL with PostGIS is there."""
    versions = installed_versions()
    if versions and (needed_major is None or needed_major in versions):
        return []
    return postgis_names(needed_major)


def missing_of(names: Sequence[str]) -> list[str]:
    """Which of these Debian packages are not installed."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *names]
    if shutil.which("dpkg-query") is None:
        return list(names)
    listed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    present = {line.split(" ", 1)[0] for line in listed.splitlines() if line.endswith("ok installed")}
    return [name for name in names if name not in present]
