# SPDX-License-Identifier: Apache-2.0
"""Commands for accounts and keys: ``user …`` and ``key …``."""

import argparse
import getpass
import json
import re
import secrets
import sys
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as PgCursor

from api.accounts import check_name, hash_password
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.errors import MapError
from layers.visibility import ROLES

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_AREA = re.compile(r"[a-z0-9][a-z0-9-]{1,60}/[0-9A-Za-z]{1,20}")


def add_commands(commands: Any) -> None:
    """Declare ``user`` and ``key``."""
    user = commands.add_parser("user", help="accounts of people").add_subparsers(dest="action", required=True)
    add = user.add_parser("add", help="make an account; asks for the password, or makes one with --generate")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, required=True)
    add.add_argument("--area", nargs="+", help="units as SET/CODE; default: everywhere")
    add.add_argument("--generate", action="store_true", help="print a password that must be changed at first sign-in")
    password = user.add_parser("password", help="set a password; every session of the account ends")
    password.add_argument("name")
    password.add_argument("--generate", action="store_true")
    role = user.add_parser("role", help="change role and area; takes effect within a second")
    role.add_argument("name")
    role.add_argument("--role", choices=ROLES, required=True)
    role.add_argument("--area", nargs="+")
    disable = user.add_parser("disable", help="refuse the account and end its sessions")
    disable.add_argument("name")
    user.add_parser("list", help="accounts with role and area")
    user.add_parser("demo", help="accounts of the demonstration, with new passwords, as JSON")
    key = commands.add_parser("key", help="keys of sources and of GIS clients").add_subparsers(
        dest="action", required=True
    )
    create = key.add_parser("create", help="make a key; it is printed once")
    create.add_argument("--source", required=True)
    create.add_argument("--layers", nargs="*", default=["*"], help="layers that it may push into; none: it only reads")
    create.add_argument("--role", choices=ROLES, help="as whom it reads; without it the key only pushes")
    create.add_argument("--area", nargs="+")
    key.add_parser("list", help="keys, without the keys themselves")
    revoke = key.add_parser("revoke", help="refuse a key from now on")
    revoke.add_argument("id", type=int)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run one of them; answers the exit code."""
    commands = {
        ("user", "add"): _add,
        ("user", "password"): _password,
        ("user", "role"): _role,
        ("user", "disable"): _disable,
        ("user", "list"): _list_users,
        ("user", "demo"): _demo,
        ("key", "create"): _create_key,
        ("key", "list"): _list_keys,
        ("key", "revoke"): _revoke,
    }
    connection = psycopg2.connect(settings.owner_url)
    try:
        with connection, connection.cursor() as cursor:
            for area in getattr(chosen, "area", None) or ():
                if not _AREA.fullmatch(area):
                    raise ValueError(f"'{area}' is no unit; write SET/CODE, such as province-2025/05443")
            sys.stdout.write(commands[chosen.command, chosen.action](cursor, chosen) + "\n")
    except (ValueError, MapError, psycopg2.errors.UniqueViolation) as error:
        sys.stderr.write(f"{getattr(error, 'detail', None) or error}\n")
        return 2
    finally:
        connection.close()
    return 0


def _add(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    name = check_name(chosen.name)
    password = _chosen_password(chosen)
    cursor.execute(
        "insert into account (name, password_hash, role, area, must_change) values (%s, %s, %s, %s, %s)",
        (name, hash_password(password), chosen.role, chosen.area, chosen.generate),
    )
    return password if chosen.generate else f"added {name}"


def _password(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    password = _chosen_password(chosen)
    cursor.execute(
        "update account set password_hash = %s, must_change = %s where name = %s returning id",
        (hash_password(password), chosen.generate, chosen.name),
    )
    _end_sessions(cursor, chosen.name)
    return password if chosen.generate else f"changed {chosen.name}"


def _role(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    cursor.execute(
        "update account set role = %s, area = %s where name = %s returning id",
        (chosen.role, chosen.area, chosen.name),
    )
    return _done(cursor, f"{chosen.name} is {chosen.role}")


def _disable(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    cursor.execute("update account set disabled_at = now() where name = %s returning id", (chosen.name,))
    _end_sessions(cursor, chosen.name)
    return f"disabled {chosen.name}"


def _end_sessions(cursor: PgCursor, name: str) -> None:
    row = cursor.fetchone()
    if row is None:
        raise ValueError(f"there is no account '{name}'")
    cursor.execute("delete from session where account = %s", row)


def _list_users(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    cursor.execute("select name, role, area, disabled_at from account order by name")
    rows = cursor.fetchall()
    return "\n".join(
        f"{name}\t{role}\t{' '.join(area) if area else 'everywhere'}\t{'disabled' if disabled else ''}"
        for name, role, area, disabled in rows
    )


def _demo(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    """One account a role, and an operator who sees one unit only."""
    wanted: list[tuple[str, str, list[str] | None]] = [(role, role, None) for role in ROLES]
    wanted.append(("operator-pdp", "operator", ["province-2025/05443"]))
    made = []
    for name, role, area in wanted:
        password = secrets.token_urlsafe(9)
        cursor.execute(
            "insert into account (name, password_hash, role, area, demo) values (%s, %s, %s, %s, true) "
            "on conflict (name) do update set password_hash = excluded.password_hash where account.demo returning id",
            (name, hash_password(password), role, area),
        )
        if cursor.fetchone() is not None:
            made.append({"name": name, "password": password, "role": role} | ({"area": area} if area else {}))
    return json.dumps(made)


def _create_key(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    if not _SOURCE.fullmatch(chosen.source):
        raise ValueError("a source's name is lower-case letters, digits, '-' and '_'")
    key = new_key()
    cursor.execute(
        "insert into api_key (source, key_hash, layers, role, area) values (%s, %s, %s, %s, %s)",
        (chosen.source, hash_of(key), chosen.layers, chosen.role, chosen.area),
    )
    return key


def _list_keys(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    cursor.execute("select id, source, layers, role, area, created_at, revoked_at from api_key order by id")
    return "\n".join(
        f"{key}\t{source}\tpush: {' '.join(layers) or '-'}\tread: {role or '-'} {' '.join(area or [])}\t"
        f"{created:%Y-%m-%d}\t{'revoked' if revoked else ''}"
        for key, source, layers, role, area, created, revoked in cursor.fetchall()
    )


def _revoke(cursor: PgCursor, chosen: argparse.Namespace) -> str:
    cursor.execute("update api_key set revoked_at = now() where id = %s returning id", (chosen.id,))
    return _done(cursor, f"revoked {chosen.id}")


def _done(cursor: PgCursor, message: str) -> str:
    if cursor.fetchone() is None:
        raise ValueError("there is no such account or key")
    return message


def _chosen_password(chosen: argparse.Namespace) -> str:
    if chosen.generate:
        return secrets.token_urlsafe(12)
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise ValueError("the two passwords differ")
    return first
