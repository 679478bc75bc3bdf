# SPDX-License-Identifier: Apache-2.0
"""What the machine offers a private cluster: PostgreSQL programs, an ordinary user, short socket folders.

Standard library only: the launcher needs it before any package is installed.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.db.cluster_files import SOCKET_DIR_MAX_BYTES, short_name

SYSTEM_USER = "toancanh"
SYSTEM_HOME = Path("/var/lib/toancanh")
_PROGRAMS = Path("/usr/lib/postgresql")
_EXTENSIONS = Path("/usr/share/postgresql")


class ClusterError(Exception):
    """The private cluster cannot be made or started; the text says what to do."""


@dataclass(frozen=True)
class Account:
    """The ordinary user that runs PostgreSQL; `switch` is true when the caller is root."""

    name: str
    uid: int
    gid: int
    switch: bool


def installed_versions() -> dict[int, Path]:
    """Major version -> folder of programs, for every PostgreSQL on this machine that has PostGIS."""
    found: dict[int, Path] = {}
    for folder in _PROGRAMS.glob("*/bin"):
        major = folder.parent.name
        control = _EXTENSIONS / major / "extension" / "postgis.control"
        if major.isdigit() and (folder / "initdb").exists() and control.exists():
            found[int(major)] = folder
    return found


def programs_for(data: Path) -> Path:
    """The PostgreSQL programs for a data folder: the version that made it, else the newest."""
    versions = installed_versions()
    if not versions:
        raise ClusterError("no PostgreSQL with PostGIS is installed")
    made_by = data / "PG_VERSION"
    if not made_by.exists():
        return versions[max(versions)]
    wanted = int(made_by.read_text().strip())
    if wanted not in versions:
        raise ClusterError(
            f"{data} was made by PostgreSQL {wanted}, but only {sorted(versions)} with PostGIS is installed: "
            f"install postgresql-{wanted}-postgis-3, or choose another --data folder"
        )
    return versions[wanted]


def ordinary_account() -> Account:
    """The user that may run PostgreSQL: the caller, or for root the user `toancanh` (made if missing)."""
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        return Account(own.pw_name, own.pw_uid, own.pw_gid, switch=False)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME)]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True, capture_output=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def may_enter(account: Account, folder: Path) -> bool:
    """Whether the ordinary user reaches a folder: asked of the kernel, as that user."""
    if not account.switch:
        return os.access(folder, os.X_OK)
    probe = subprocess.run(
        ["test", "-x", str(folder)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return probe.returncode == 0


def private_folder(path: Path, account: Account) -> Path:
    """Makes a folder of mode 0700 for the account, and refuses one that somebody else prepared."""
    try:
        path.mkdir(mode=0o700, parents=False)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
            raise ClusterError(f"{path} belongs to another user: remove it or choose another --data folder") from None
    if account.switch:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    path.chmod(0o700)
    return path


def data_folder(home: Path, account: Account) -> Path:
    """Where the cluster of a product folder lives: inside it, else (user kept out) in /var/lib/toancanh."""
    if may_enter(account, home):
        return home / "cluster"
    return SYSTEM_HOME / short_name(home)


def socket_folder(data: Path, account: Account) -> Path:
    """A short folder for the socket, the same at every start of the same data folder."""
    name = short_name(data)
    user_runtime = Path(f"/run/user/{account.uid}")
    if account.switch:
        path = Path("/run") / f"toancanh-{name}"
    elif user_runtime.is_dir() and os.access(user_runtime, os.W_OK):
        path = user_runtime / f"toancanh-{name}"
    else:
        path = Path("/tmp") / f"tc-{account.uid}-{name}"  # noqa: S108 - private_folder refuses a prepared one
    if len(str(path).encode()) > SOCKET_DIR_MAX_BYTES:
        raise ClusterError(f"{path} is too long for a socket folder")
    return path


def processes_in(folder: Path) -> Iterator[int]:
    """Processes whose working folder is the given one: all of PostgreSQL's work in their data folder."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = os.readlink(entry / "cwd")
        except OSError:
            continue
        if here == str(folder):
            yield int(entry.name)
