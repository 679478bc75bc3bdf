# SPDX-License-Identifier: Apache-2.0
"""`./toancanh backup FILE` and `restore FILE`, with pg_dump's custom format; uploaded files in an archive beside it.

A restore goes into a new database that takes the old one's place only when it is complete; the old one stays
under another name. The live stream gets a new epoch: sequence numbers after the backup were lost, so a
screen that still holds one must start afresh.
"""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from bootstrap import backup_files, data_home, processes, setup
from bootstrap.console import Failure, Interrupted, Progress, Step, say
from geo.db import cluster_files
from geo.db.cluster import Cluster
from geo.db.cluster_host import ClusterError, installed_versions

_NEW_EPOCH = "UPDATE live_head SET epoch = substr(md5(random()::text || clock_timestamp()::text), 1, 12)"


def save(place: setup.Workplace, target: Path) -> int:
    """Writes one consistent snapshot of the database; works while the product runs."""
    setup.prepare_home(place)
    external = data_home.external_database(place.environment)
    lock = data_home.Lock(place.home)
    supervisor = processes.Supervisor(place.logs, str(place.home.resolve()))
    progress = Progress(1 if external or lock.is_taken() else 2)
    try:
        if external is not None:
            data = external
        elif lock.is_taken():
            data = data_home.local_database(place.home)
        else:
            lock.take("./toancanh backup")
            data = _existing(place, progress, supervisor)
        with progress.step("Sao lưu · backup") as step:
            # After the dump: what it names is there, and never goes away.
            _dump(step, place, data, target)
            archive = backup_files.beside(target)
            count = backup_files.save(step, place.files, archive)
        say(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
        if count:
            say(f"{archive} ({count} tệp · files, {archive.stat().st_size / 1e6:.1f} MB)")
        return 0
    finally:
        setup.shut_down(supervisor)


def restore(place: setup.Workplace, source: Path) -> int:
    """Puts a saved database in the place of the local one; the product must not be running."""
    if data_home.external_database(place.environment) is not None:
        raise Failure("restore chỉ dùng cho cụm riêng · works on the local cluster; use pg_restore for DATABASE_URL", 2)
    if not source.is_file():
        raise Failure(f"Không có tệp · no such file: {source}", 2)
    setup.prepare_home(place)
    lock = data_home.Lock(place.home)
    lock.take("./toancanh restore")
    supervisor = processes.Supervisor(place.logs, str(place.home.resolve()))
    progress = Progress(3)
    try:
        setup.system_packages(place, progress, external=False)
        data = setup.database(place, progress, supervisor)
        assert data.cluster is not None
        with progress.step("Khôi phục · restore") as step:
            # Before the database that names them.
            count = backup_files.restore(step, backup_files.beside(source), place.files)
            before = _put_in_place(data.cluster, source)
        for name in ("migrated", "key", "demo-data"):
            data.stamp(place.home, name).unlink(missing_ok=True)
        say(f"{count} tệp đã tải lên · uploaded files")
        say(f"Cơ sở dữ liệu cũ được giữ tên · the old database stays as: {before}")
        return 0
    except ClusterError as error:
        raise Failure(str(error)) from error
    finally:
        setup.shut_down(supervisor)


def _existing(place: setup.Workplace, progress: Progress, supervisor: processes.Supervisor) -> data_home.Database:
    found = data_home.local_database(place.home).cluster
    if found is None or not found.exists():
        raise Failure(f"Chưa có dữ liệu · there is no database yet in {place.home}", 2)
    return setup.database(place, progress, supervisor)


def _dump(step: Step, place: setup.Workplace, data: data_home.Database, target: Path) -> None:
    url = data.cluster.url(cluster_files.SUPERUSER) if data.cluster else data.admin_url
    versions = installed_versions()
    folder = data.cluster.programs if data.cluster else versions[max(versions)] if versions else Path("/usr/bin")
    draft = target.with_name(target.name + ".draft")
    # The dump holds personal data of reports and the hashes of keys: nobody else may read it.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        _pipe(step, [str(folder / "pg_dump"), "-Fc", "-d", url], place, file.fileno())
        os.fsync(file.fileno())
    draft.replace(target)


def _pipe(step: Step, command: Sequence[str], place: setup.Workplace, descriptor: int) -> None:
    log_path = place.logs / "backup.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=descriptor, stderr=log)
        while True:
            try:
                code = process.wait(timeout=0.25)
                break
            except subprocess.TimeoutExpired:
                step.tick()
            except Interrupted:
                process.terminate()
                raise
    if code != 0:
        raise Failure(f"{log_path.read_text(errors='replace')[-2000:]}\npg_dump lỗi · failed ({code})")


def _put_in_place(cluster: Cluster, source: Path) -> str:
    moment = time.strftime("%Y%m%d_%H%M%S", time.gmtime())
    fresh, before = f"toancanh_new_{moment}", f"toancanh_before_{moment}"
    cluster.sql(
        f"CREATE DATABASE {fresh} OWNER {cluster_files.OWNER} TEMPLATE template0 ENCODING 'UTF8'",
        database="postgres",
    )
    try:
        # Through standard input: the database's user may not be allowed to read the file.
        with source.open("rb") as file:
            url = cluster.url(cluster_files.SUPERUSER, fresh)
            command = [str(cluster.programs / "pg_restore"), "--exit-on-error", "-d", url]
            done = subprocess.run(command, stdin=file, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{done.stderr.strip()[-2000:]}\npg_restore lỗi · failed; the database was left as it was")
        cluster.sql(_NEW_EPOCH, database=fresh)
    except (Failure, ClusterError, Interrupted):
        cluster.sql(f"DROP DATABASE IF EXISTS {fresh} WITH (FORCE)", database="postgres")
        raise
    cluster.sql(f"ALTER DATABASE {cluster_files.DATABASE} RENAME TO {before}", database="postgres")
    cluster.sql(f"ALTER DATABASE {fresh} RENAME TO {cluster_files.DATABASE}", database="postgres")
    return before
