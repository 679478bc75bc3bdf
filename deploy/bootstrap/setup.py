# SPDX-License-Identifier: Apache-2.0
"""The steps that every command shares: system packages, Python, database, schema, front end."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bootstrap import data_home, frontend_build, packages, processes, python_env, stamps
from bootstrap.commands import Runner
from bootstrap.console import Failure, Interrupted, Progress
from geo.db.cluster_host import data_folder, installed_versions, ordinary_account

PACKAGES = ("geo", "boundaries", "layers", "tiles", "api")


@dataclass(frozen=True)
class Workplace:
    """What a command works with: the checkout, the data folder, the caller's environment, who may install."""

    root: Path
    home: Path
    environment: Mapping[str, str]
    rights: packages.Rights

    @property
    def logs(self) -> Path:
        """Where set-up and services write."""
        return self.home / "logs"

    @property
    def files(self) -> Path:
        """Where uploaded files lie."""
        return Path(self.environment.get("TOANCANH_FILES") or self.home / "files")

    def runner(self, extra: Mapping[str, str] | None = None) -> Runner:
        """Runs set-up programs in the checkout."""
        return Runner(self.logs / "setup.log", self.root, {**self.environment, **(extra or {})})

    def python(self) -> Path:
        """The Python of the virtual environment."""
        return self.root / ".venv" / "bin" / "python"

    def product_environment(self, database: data_home.Database, *, admin: bool = False) -> dict[str, str]:
        """The environment of the product's processes; only those that need it learn the owner's address."""
        env = {**self.environment, "DATABASE_URL": database.url}
        env.pop("TOANCANH_ADMIN_URL", None)
        env["TOANCANH_FILES"] = str(self.files)
        env.setdefault("TOANCANH_SOURCES", str(self.home / "sources"))
        env.setdefault("TOANCANH_SECRETS", str(self.home / "secrets"))
        if admin:
            env["TOANCANH_ADMIN_URL"] = database.admin_url
        return env


def base_environment(root: Path) -> dict[str, str]:
    """The caller's environment with our checkout first, and nothing of another virtual environment."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
        env.pop(name, None)
    return {**env, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def raise_on_signals() -> None:
    """Turns Ctrl-C, SIGTERM and a closed terminal into `Interrupted`; a second one cuts stopping short."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def prepare_home(place: Workplace) -> None:
    """Makes the data folder and its log folder."""
    try:
        place.home.mkdir(parents=True, exist_ok=True)
        processes.prepare_logs(place.logs)
    except OSError as error:
        raise Failure(f"Không ghi được vào · cannot write to {place.home}: {error.strerror}", code=2) from error


def system_packages(place: Workplace, progress: Progress, *, external: bool, extra: tuple[str, ...] = ()) -> None:
    """Installs what the distribution must provide, all in one go, or says how."""
    with progress.step("Gói hệ thống · system packages") as step:
        names = python_env.missing_packages(place.root)
        if not external:
            names += packages.missing_postgis(_major_of_data(place.home))
        names += packages.missing_of(extra) if extra else []
        packages.install(step, place.runner(), place.rights, names)


def _major_of_data(folder: Path) -> int | None:
    """The PostgreSQL version that made the data of this folder."""
    if not installed_versions() and os.geteuid() == 0 and not folder.exists():
        return None
    made_by = data_folder(folder.resolve(), ordinary_account()) / "PG_VERSION"
    try:
        return int(made_by.read_text().strip())
    except (OSError, ValueError):
        return None


def python_packages(place: Workplace, progress: Progress, *, development: bool = False) -> None:
    """The virtual environment with pinned packages."""
    with progress.step("Môi trường Python · Python packages") as step:
        python_env.ensure(step, place.root, place.runner(), development=development)


def judges(place: Workplace, progress: Progress) -> None:
    """Outside programs that tests ask for their verdict."""
    with progress.step("Chương trình kiểm chứng ngoài · outside judges") as step:
        python_env.add_judges(step, place.root, place.runner())


def database(place: Workplace, progress: Progress, supervisor: processes.Supervisor) -> data_home.Database:
    """The database of DATABASE_URL, else the private cluster, started and complete."""
    with progress.step("Cơ sở dữ liệu PostGIS · database") as step:
        external = data_home.external_database(place.environment)
        if external is not None:
            step.note("DATABASE_URL")
            return external
        local = data_home.local_database(place.home)
        if local.cluster is not None:
            data_home.start_cluster(local.cluster, supervisor)
            if local.cluster.data.parent != place.home.resolve():
                step.note(f"ở {local.cluster.data} (the database user cannot enter {place.home})")
        return local


def schema(place: Workplace, progress: Progress, data: data_home.Database) -> None:
    """Migrations and the catalog sync, unless this code already did them on this database."""
    with progress.step("Lược đồ dữ liệu · schema") as step:
        # A source's file may declare a layer.
        sources = Path(place.product_environment(data)["TOANCANH_SOURCES"])
        code = stamps.fingerprint([place.root / name for name in PACKAGES], suffixes=(".py", ".sql"))
        value = stamps.fingerprint([sources], code, suffixes=(".yaml",))
        stamp = data.stamp(place.home, "migrated")
        if data.trusts_stamps and stamps.matches(stamp, value):
            step.note("đã có (ready)")
            return
        runner = Runner(place.logs / "setup.log", place.root, place.product_environment(data, admin=True))
        runner.run(step, [str(place.python()), "-m", "api.cli", "migrate"])
        stamps.write(stamp, value)


def front_end(place: Workplace, progress: Progress) -> None:
    """The built front end."""
    with progress.step("Giao diện · front end") as step:
        frontend_build.ensure_built(step, place.root, place.runner(), place.python())


def watch(supervisor: processes.Supervisor) -> None:
    """Keeps the services alive until a signal comes."""
    while True:
        supervisor.poll()
        time.sleep(0.25)


def shut_down(supervisor: processes.Supervisor) -> None:
    """Stops the services; a second signal ends them at once."""
    try:
        supervisor.stop()
    except Interrupted:
        supervisor.kill()
