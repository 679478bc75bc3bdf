# SPDX-License-Identifier: Apache-2.0
"""The private cluster's configuration keeps its promises: no TCP, short sockets, little memory."""

from pathlib import Path

from geo.db import cluster_files as files


def test_nobody_reaches_the_cluster_over_the_network() -> None:
    text = files.postgresql_conf(Path("/run/toancanh-1"), files.Tuning())
    assert "listen_addresses = ''" in text
    assert "unix_socket_permissions = 0700" in text


def test_a_cluster_that_keeps_data_waits_for_the_disk() -> None:
    durable = files.postgresql_conf(Path("/run/t"), files.Tuning())
    assert "fsync = on" in durable
    assert "synchronous_commit = on" in durable
    assert "fsync = off" in files.postgresql_conf(Path("/run/t"), files.Tuning(durable=False))


def test_the_url_names_the_socket_folder() -> None:
    url = files.connection_url(files.SERVING, Path("/run/toancanh-1"))
    assert url == "postgresql://toancanh_serve@/toancanh?host=/run/toancanh-1&port=54329"


def test_a_folder_name_with_spaces_survives_the_url() -> None:
    assert "host=/run/a%20b&" in files.connection_url("x", Path("/run/a b"))


def test_the_same_folder_always_has_the_same_short_name() -> None:
    assert files.short_name(Path("/srv/a")) == files.short_name(Path("/srv/a"))
    assert files.short_name(Path("/srv/a")) != files.short_name(Path("/srv/b"))


def test_the_serving_role_gets_no_ddl() -> None:
    text = files.provision_database_sql()
    assert f"GRANT CREATE ON SCHEMA public TO {files.SERVING}" not in text
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC" in text
