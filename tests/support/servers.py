# SPDX-License-Identifier: Apache-2.0
"""Real servers of the distribution, each on a free port and in a folder of the test: vsftpd, OpenSSH, mosquitto."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.stack import free_port, wait_for

_SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"


def program(name: str, package: str) -> str:
    """The path of a server; without it the test is skipped, with the package that has it."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SBIN}")
    if found is None:
        pytest.skip(f"needs {name} (Debian package {package})")
    return found


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that signs itself."""

    certificate: Path
    key: Path
    both: Path


def self_signed(folder: Path) -> Certificate:
    """Make one with openssl."""
    made = Certificate(folder / "tls.crt", folder / "tls.key", folder / "tls.pem")
    subprocess.run(
        [program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=test",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    made.both.write_text(made.key.read_text() + made.certificate.read_text())
    return made


@contextlib.contextmanager
def vsftpd(folder: Path, root: Path, tls: Certificate | None = None) -> Iterator[int]:
    """vsftpd over a folder for anonymous, who may write; with TLS it insists on it, for data too. Answers its port.

    It runs as whoever runs the tests, so paths are those of this machine.
    """
    port = free_port()
    lines = [
        "listen=YES", "listen_address=127.0.0.1", f"listen_port={port}", "background=NO", "run_as_launching_user=YES",
        "anonymous_enable=YES", "no_anon_password=YES", f"anon_root={root}", "write_enable=YES",
        "anon_upload_enable=YES", "anon_mkdir_write_enable=YES", "anon_other_write_enable=YES", "anon_umask=022",
        "anon_world_readable_only=NO", "allow_writeable_chroot=YES", "seccomp_sandbox=NO", "xferlog_enable=NO",
        "connect_from_port_20=NO",
    ]  # fmt: skip
    if tls is not None:
        lines += [
            "ssl_enable=YES", "allow_anon_ssl=YES", "force_anon_logins_ssl=YES", "force_anon_data_ssl=YES",
            "require_ssl_reuse=YES", f"rsa_cert_file={tls.both}",
        ]  # fmt: skip
    config = folder / f"vsftpd-{port}.conf"
    config.write_text("\n".join(lines) + "\n")
    with _running([program("vsftpd", "vsftpd"), str(config)], folder / "vsftpd.log", port):
        yield port


@dataclass(frozen=True)
class Sshd:
    """A running OpenSSH server, and how to sign in."""

    port: int
    user: str
    host_key: str
    key: Path


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """OpenSSH's server for whoever runs the tests, by key, for SFTP alone."""
    server = program("sshd", "openssh-server")
    keygen = program("ssh-keygen", "openssh-client")
    host, key = folder / "host_key", folder / "client_key"
    for file in (host, key):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    allowed = folder / "authorized_keys"
    shutil.copy(key.with_suffix(".pub"), allowed)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what the service's unit makes
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host}\nAuthorizedKeysFile {allowed}\nStrictModes no\n"
        "PidFile none\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        "Subsystem sftp internal-sftp\nForceCommand internal-sftp\n"
    )
    with _running([server, "-D", "-e", "-f", str(config)], folder / "sshd.log", port):
        yield Sshd(port, getpass.getuser(), host.with_suffix(".pub").read_text().strip(), key)


@contextlib.contextmanager
def mosquitto(folder: Path, *extra: str, port: int | None = None) -> Iterator[int]:
    """A broker that keeps what it holds in the folder, also over a restart on the same port."""
    port = port or free_port()
    lines = [
        f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence true", f"persistence_location {folder}/",
        "max_queued_messages 0", *(["user root"] if os.geteuid() == 0 else []), *extra,
    ]  # fmt: skip
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    with _running([program("mosquitto", "mosquitto"), "-c", str(config)], folder / "mosquitto.log", port):
        yield port


@contextlib.contextmanager
def _running(command: Sequence[str], log: Path, port: int) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(list(command), stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(process, port, log), f"{command[0]} listens", timeout_s=10)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def _answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> bool:
    assert process.poll() is None, f"it ended: {log.read_text()[-500:]}"
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
