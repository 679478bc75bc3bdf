# SPDX-License-Identifier: Apache-2.0
"""`./toancanh demo`: everything, with demonstration data, on one machine."""

import hashlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from bootstrap import data_home, demo_sources, processes, setup, stamps
from bootstrap.commands import tail_of
from bootstrap.console import Failure, Interrupted, Progress, say

_READY_WAIT_S = 90.0
_STEPS = 8


@dataclass(frozen=True)
class Options:
    """How the demonstration runs."""

    host: str
    port: int
    live: bool
    open_browser: bool

    @property
    def url(self) -> str:
        """The address that a browser on this machine uses."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def run(place: setup.Workplace, options: Options) -> int:
    """Sets up, starts, loads, and stays until a signal comes."""
    setup.prepare_home(place)
    lock = data_home.Lock(place.home)
    lock.take(options.url)
    instance = str(place.home.resolve())
    processes.end_left_over(instance)
    check_port(options)
    supervisor = processes.Supervisor(place.logs, instance)
    try:
        data = _bring_up(place, options, supervisor)
        _announce(place, options, data)
        setup.watch(supervisor)
    except Interrupted:
        say("\nĐang dừng · stopping (Ctrl-C lần nữa: dừng ngay · again: at once) …")
    finally:
        setup.shut_down(supervisor)
    say("Đã dừng, dữ liệu được giữ lại · stopped, the data stays: " + str(place.home))
    return 0


def check_port(options: Options) -> None:
    """Says early and clearly that the port is in use."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            raise Failure(
                f"Không mở được cổng {options.port} ({error.strerror}) · cannot use port {options.port} of "
                f"{options.host}: stop the program that has it, or choose another with --port"
            ) from error


def _bring_up(place: setup.Workplace, options: Options, supervisor: processes.Supervisor) -> data_home.Database:
    progress = Progress(_STEPS)
    external = data_home.external_database(place.environment) is not None
    setup.system_packages(place, progress, external=external)
    setup.python_packages(place, progress)
    data = setup.database(place, progress, supervisor)
    demo_sources.prepare(place.root, place.home)
    setup.schema(place, progress, data)
    setup.front_end(place, progress)
    _start_product(place, options, data, supervisor, progress)
    _load(place, options, data, supervisor, progress)
    _start_live(place, options, supervisor, progress)
    return data


def _start_product(
    place: setup.Workplace,
    options: Options,
    data: data_home.Database,
    supervisor: processes.Supervisor,
    progress: Progress,
) -> None:
    env = {
        **place.product_environment(data),
        "TOANCANH_HOST": options.host,
        "TOANCANH_PORT": str(options.port),
        "TOANCANH_DEMO": "1",
        "TOANCANH_DEFAULT_SET": "city-2017",
        # Simulators come and go: nobody waits a quarter of an hour for them.
        "TOANCANH_LONGEST_PAUSE_S": "10",
    }
    with progress.step("Máy chủ · server, relay, worker, connect") as step:
        for name, command in (("server", "serve"), *((name, name) for name in ("relay", "worker", "connect"))):
            argv = [str(place.python()), "-m", "api.cli", command]
            supervisor.start(processes.Service(name, argv, env, place.root))
        deadline = time.monotonic() + _READY_WAIT_S
        while not _answers(f"{options.url}/health/ready"):
            supervisor.poll(starting=True)
            step.tick()
            if time.monotonic() > deadline:
                log = supervisor.log_of("server")
                raise Failure(f"{tail_of(log)}\n\nMáy chủ không sẵn sàng · the server is not ready: {log}")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    # No proxy: the address is this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _load(
    place: setup.Workplace,
    options: Options,
    data: data_home.Database,
    supervisor: processes.Supervisor,
    progress: Progress,
) -> None:
    """Makes the push key and loads the demonstration data, once per database and version of the data."""
    with progress.step("Dữ liệu minh hoạ · demonstration data") as step:
        step.meanwhile(supervisor.poll)
        key_stamp, data_stamp = data.stamp(place.home, "key"), data.stamp(place.home, "demo-data")
        key = data_home.demo_key(place.home)
        filed = (place.home / data_home.KEY_FILE).exists()
        if key is None or not filed or not stamps.matches(key_stamp, _digest(key)):
            key = _ask_product(place, data, "key", "create", "--source", "demo", "--layers", "*")
            users = json.loads(_ask_product(place, data, "user", "demo"))
            data_home.write_credentials(place.home, data_home.Credentials({"demo": key}, users, data.url))
            stamps.write(key_stamp, _digest(key))
        _make_keys(place, data)
        value = stamps.fingerprint([place.root / "simulators"])
        if data.trusts_stamps and stamps.matches(data_stamp, value):
            step.note("đã có (ready)")
            return
        place.runner().run(step, _demo_command(place, "load", options))
        stamps.write(data_stamp, value)


def _make_keys(place: setup.Workplace, data: data_home.Database) -> None:
    """Keys of the sources that push and have none yet."""
    known = demo_sources.known_keys(place.home)
    made = demo_sources.keys_of(_ask_product(place, data, "source", "keys", "--except", *known))
    if made:
        users = data_home.read_credentials(place.home).get("users", [])
        data_home.write_credentials(place.home, data_home.Credentials({**known, **made}, users, data.url))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _ask_product(place: setup.Workplace, data: data_home.Database, *words: str) -> str:
    """The last line that a command of the product prints."""
    made = subprocess.run(
        [str(place.python()), "-m", "api.cli", *words], cwd=place.root, env=place.product_environment(data, admin=True),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0 or not made.stdout.strip():
        reason = made.stderr.strip()[-2000:]
        raise Failure(f"{reason}\n\nKhông tạo được khoá và tài khoản · cannot make key and accounts")
    return made.stdout.strip().splitlines()[-1]


def _demo_command(place: setup.Workplace, action: str, options: Options) -> list[str]:
    key_file = str(place.home / data_home.KEY_FILE)
    return [
        str(place.python()),
        "-m",
        "simulators.demo",
        action,
        "--url",
        options.url,
        "--key-file",
        key_file,
    ]


def _start_live(place: setup.Workplace, options: Options, supervisor: processes.Supervisor, progress: Progress) -> None:
    with progress.step("Sự việc trực tiếp · live incidents") as step:
        if not options.live:
            step.note("tắt (--no-live)")
            return
        argv = _demo_command(place, "live", options)
        supervisor.start(processes.Service("live", argv, place.environment, place.root))


def _announce(place: setup.Workplace, options: Options, data: data_home.Database) -> None:
    say(f"ready {options.url}")
    say()
    say(f"  Khoá đẩy dữ liệu · push key   {data_home.demo_key(place.home)}   (source demo)")
    for user in data_home.read_credentials(place.home).get("users", []):
        say(f"  Tài khoản · sign-in           {user['name']:<14}{user['password']:<16}({user['role']})")
    say(f"  Lưu tại · kept in             {place.home / data_home.CREDENTIALS}")
    if data.cluster is not None:
        say(f"  Cơ sở dữ liệu · database      {data.cluster.psql_line()}")
    say(f"  Nhật ký · logs                {place.logs}")
    say("  Dừng · stop                   Ctrl-C")
    has_display = bool(place.environment.get("DISPLAY") or place.environment.get("WAYLAND_DISPLAY"))
    if options.open_browser and has_display and sys.stdout.isatty() and shutil.which("xdg-open"):
        subprocess.Popen(
            ["xdg-open", options.url], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
