# SPDX-License-Identifier: Apache-2.0
"""The launcher's parts that need no network: stamps, locks, messages, supervision."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from bootstrap import data_home, demo, frontend_build, packages, processes, stamps
from bootstrap.commands import Runner
from bootstrap.console import Failure, Step

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.02)


def test_a_stamp_follows_the_contents_and_not_the_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "src" / "a.ts").write_text("x")
        (tmp_path / name / "src" / "node_modules").mkdir()
        (tmp_path / name / "src" / "node_modules" / name).write_text(name)
    one, two = (stamps.fingerprint([tmp_path / name / "src"]) for name in ("one", "two"))
    assert one == two
    (tmp_path / "two" / "src" / "a.ts").write_text("y")
    assert stamps.fingerprint([tmp_path / "two" / "src"]) != one


def test_a_stamp_that_is_missing_matches_nothing(tmp_path: Path) -> None:
    assert not stamps.matches(tmp_path / "none", "")
    stamps.write(tmp_path / "some", "a")
    assert stamps.matches(tmp_path / "some", "a")


def test_a_front_end_older_than_its_sources_is_built_again(tmp_path: Path) -> None:
    (tmp_path / "frontend" / "src").mkdir(parents=True)
    (tmp_path / "frontend" / "dist").mkdir()
    assert not frontend_build.is_current(tmp_path)
    source, built = tmp_path / "frontend" / "src" / "main.ts", tmp_path / "frontend" / "dist" / "index.html"
    source.write_text("1")
    built.write_text("2")
    os.utime(source, (1_000, 1_000))
    assert frontend_build.is_current(tmp_path)
    os.utime(built, (500, 500))
    assert not frontend_build.is_current(tmp_path)


def test_only_one_launcher_takes_a_folder(tmp_path: Path) -> None:
    first, second = data_home.Lock(tmp_path), data_home.Lock(tmp_path)
    assert not second.is_taken()
    first.take("http://127.0.0.1:8000")
    assert second.is_taken()
    with pytest.raises(Failure, match=r"already running.*http://127\.0\.0\.1:8000"):
        second.take("http://127.0.0.1:8001")
    first.release()
    assert not second.is_taken()


def test_a_busy_port_is_named(busy_port: int) -> None:
    with pytest.raises(Failure, match=f"cannot use port {busy_port}"):
        demo.check_port(demo.Options("127.0.0.1", busy_port, live=False, open_browser=False))


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_credentials_are_for_their_owner_alone(tmp_path: Path) -> None:
    users = [{"name": "viewer", "password": "p", "role": "viewer"}]
    data_home.write_credentials(tmp_path, data_home.Credentials({"demo": "secret"}, users, "postgresql:///x"))
    for name in (data_home.CREDENTIALS, data_home.KEY_FILE):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    written = json.loads((tmp_path / data_home.CREDENTIALS).read_text())
    assert written["keys"] == [{"source": "demo", "key": "secret"}]
    assert data_home.demo_key(tmp_path) == "secret"


def test_the_manual_line_spares_the_distributions_cluster() -> None:
    line = packages.manual_line(["postgresql-15-postgis-3"])
    assert line.index("create_main_cluster = false") < line.index("apt-get install")
    assert "create_main_cluster" not in packages.manual_line(["python3.11-venv"])


class Noted(Runner):
    """Notes the commands that it is asked to run."""

    def run(self, step: Step, argv: Sequence[str], *, foreground: bool = False, cwd: Path | None = None) -> None:
        with self.log.open("a") as log:
            log.write(" ".join(argv) + "\n")
        if "apt-get" in argv and "install" in argv and "broken" in argv:
            raise Failure("apt failed")


@pytest.mark.parametrize("name", ["vsftpd", "broken"])
def test_servers_for_tests_are_installed_and_not_started(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "START_POLICY", policy)
    monkeypatch.setattr(packages.Rights, "prefix", lambda self, names: [])
    monkeypatch.setattr(shutil, "which", lambda program: f"/bin/{program}")
    runner = Noted(tmp_path / "log", tmp_path, {})
    with contextlib.suppress(Failure):
        packages.install(Step("x", sys.stdout), runner, packages.Rights(assume_yes=True), ["openssh-server", name])
    lines = runner.log.read_text().splitlines()
    (forbid,) = [place for place, line in enumerate(lines) if "exit 101" in line]
    (install,) = [place for place, line in enumerate(lines) if " install " in line]
    (allow,) = [place for place, line in enumerate(lines) if line == f"rm -f {policy}"]
    assert forbid < install < allow
    disabled = [line for line in lines if "systemctl disable --now ssh.service ssh.socket" in line]
    assert len(disabled) == (name == "vsftpd")


def test_a_machines_own_policy_for_services_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("its own")
    monkeypatch.setattr(packages, "START_POLICY", policy)
    monkeypatch.setattr(packages.Rights, "prefix", lambda self, names: [])
    runner = Noted(tmp_path / "log", tmp_path, {})
    packages.install(Step("x", sys.stdout), runner, packages.Rights(assume_yes=True), ["mosquitto"])
    assert "policy-rc.d" not in runner.log.read_text()
    assert "systemctl disable" in packages.manual_line(["mosquitto"])


def test_without_rights_the_person_learns_the_line_and_database_url(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages.Rights, "prefix", lambda self, names: None)
    progress_step = Step("x", sys.stdout)
    runner = Runner(tmp_path / "log", tmp_path, {})
    with pytest.raises(Failure, match="DATABASE_URL") as caught:
        packages.install(progress_step, runner, packages.Rights(assume_yes=False), ["postgresql-15-postgis-3"])
    assert caught.value.code == 2


def service(name: str, script: str) -> processes.Service:
    return processes.Service(name, [sys.executable, "-c", script], {}, Path("/"))


def test_a_service_that_dies_is_started_again(tmp_path: Path) -> None:
    supervisor = processes.Supervisor(tmp_path, str(tmp_path))
    out = tmp_path / "starts"
    supervisor.start(service("short", f"open({str(out)!r}, 'a').write('x')"))

    def twice() -> bool:
        supervisor.poll()
        return out.exists() and len(out.read_text()) >= 2

    wait_until(twice)
    supervisor.stop()


def test_a_service_that_never_comes_up_ends_the_start(tmp_path: Path) -> None:
    supervisor = processes.Supervisor(tmp_path, str(tmp_path))
    supervisor.start(service("broken", "raise SystemExit('no such setting')"))

    def never() -> bool:
        supervisor.poll(starting=True)
        return False

    with pytest.raises(Failure, match="no such setting"):
        wait_until(never, seconds=20)
    supervisor.stop()


def test_no_service_outlives_a_killed_launcher(tmp_path: Path) -> None:
    """SIGKILL cannot be caught: the kernel itself tells the children."""
    launcher = f"""
import sys, time
from pathlib import Path
from bootstrap.processes import Service, Supervisor
supervisor = Supervisor(Path({str(tmp_path)!r}), {str(tmp_path)!r})
script = "import os, time; open({str(tmp_path / "pid")!r}, 'w').write(str(os.getpid())); time.sleep(60)"
supervisor.start(Service("child", [sys.executable, "-c", script], {{}}, Path("/")))
time.sleep(60)
"""
    path = f"{ROOT}:{ROOT / 'deploy'}"
    parent = subprocess.Popen([sys.executable, "-c", launcher], env={"PYTHONPATH": path})
    pid_file = tmp_path / "pid"
    wait_until(lambda: pid_file.exists() and pid_file.read_text() != "")
    child = int(pid_file.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not processes.is_alive(child))


def test_what_an_earlier_launcher_left_is_ended(tmp_path: Path) -> None:
    stray = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={processes.MARK: str(tmp_path)})
    wait_until(lambda: stray.pid in set(processes.left_over(str(tmp_path))))
    assert list(processes.left_over(str(tmp_path / "another"))) == []
    assert processes.end_left_over(str(tmp_path)) == 1
    assert stray.wait(timeout=10) == -signal.SIGTERM


def test_an_old_python_is_told_so() -> None:
    text = (ROOT / "toancanh").read_text(encoding="utf-8")
    assert text.index("sys.version_info < (3, 11)") < text.index("from bootstrap.main")


@pytest.mark.parametrize("words", [[], ["demo", "--port", "0"], ["demo", "--port", "70000"], ["demo", "--colour"]])
def test_misuse_is_answered_with_usage(words: list[str]) -> None:
    done = subprocess.run([sys.executable, str(ROOT / "toancanh"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_services_are_watched_while_a_step_waits(tmp_path: Path) -> None:
    """A server that died during the load of the demonstration data stayed dead, and the load gave up."""
    supervisor = processes.Supervisor(tmp_path, str(tmp_path))
    out = tmp_path / "starts"
    supervisor.start(service("short", f"open({str(out)!r}, 'a').write('x')"))
    step = Step("waiting", sys.stdout)
    step.meanwhile(supervisor.poll)
    wait = f"import pathlib, time\nwhile len(pathlib.Path({str(out)!r}).read_text()) < 2: time.sleep(0.05)"
    wait_until(out.exists)
    Runner(tmp_path / "log", tmp_path, {}).run(step, [sys.executable, "-c", wait])
    assert len(out.read_text()) >= 2
    supervisor.stop()
