# SPDX-License-Identifier: Apache-2.0
"""One command of the product: `serve`, `relay`, `worker`, `migrate`, `key`, `user`, `simulate`.

With DATABASE_URL it runs against that database. Otherwise it joins the running demo of the same data folder,
or starts that folder's private cluster for as long as the command lasts.
"""

import signal
import subprocess
from collections.abc import Mapping, Sequence

from bootstrap import data_home, processes, setup
from bootstrap.console import Interrupted, Progress

_LONG_RUNNING = ("serve", "relay", "worker", "connect")


def run(place: setup.Workplace, command: str, words: Sequence[str]) -> int:
    """Sets up quietly what is missing, then runs the command with the terminal's own input and output."""
    setup.prepare_home(place)
    external = data_home.external_database(place.environment)
    lock = data_home.Lock(place.home)
    alone = external is None and not lock.is_taken()
    if alone:
        lock.take(f"./toancanh {command}")
    supervisor = processes.Supervisor(place.logs, str(place.home.resolve()))
    try:
        data = _prepare(place, command, external, supervisor, alone=alone)
        env = place.product_environment(data, admin=command in {"migrate", "key", "user", "source"})
        return run_beside([str(place.python()), "-m", "api.cli", command, *words], place, env, supervisor)
    except Interrupted:
        return 130
    finally:
        setup.shut_down(supervisor)


def simulate(place: setup.Workplace, name: str, words: Sequence[str]) -> int:
    """Runs a simulator; the demo's own key is used unless the words name one."""
    setup.prepare_home(place)
    progress = Progress(2, quiet=True)
    setup.system_packages(place, progress, external=True)
    setup.python_packages(place, progress)
    command = [str(place.python()), "-m", "simulators", name, *words]
    env = dict(place.environment)
    key_file = place.home / data_home.KEY_FILE
    # Simulators of sources find their keys among the demonstration's.
    env["TOANCANH_DEMO_CREDENTIALS"] = str(place.home / data_home.CREDENTIALS)
    if words and words[0] in {"load", "live"} and key_file.exists() and not {"--key", "--key-file"} & set(words):
        command += ["--key-file", str(key_file)]
    supervisor = processes.Supervisor(place.logs, str(place.home.resolve()))
    return run_beside(command, place, env, supervisor)


def _prepare(
    place: setup.Workplace,
    command: str,
    external: data_home.Database | None,
    supervisor: processes.Supervisor,
    *,
    alone: bool,
) -> data_home.Database:
    serves = command == "serve"
    starts = command in _LONG_RUNNING
    progress = Progress(2 + alone + (alone and starts) + serves, quiet=True)
    setup.system_packages(place, progress, external=external is not None)
    setup.python_packages(place, progress)
    if serves:
        setup.front_end(place, progress)
    if external is not None:
        return external
    if not alone:
        return data_home.local_database(place.home)
    data = setup.database(place, progress, supervisor)
    if starts:
        setup.schema(place, progress, data)
    return data


def run_beside(
    command: Sequence[str], place: setup.Workplace, env: Mapping[str, str], supervisor: processes.Supervisor
) -> int:
    """Runs a command in the foreground while the services beside it are kept alive."""
    child = subprocess.Popen(
        list(command), cwd=place.root, env=env, preexec_fn=processes.die_with_parent(signal.SIGTERM)
    )
    stop = child.terminate
    while True:
        try:
            while True:
                try:
                    return child.wait(timeout=0.25)
                except subprocess.TimeoutExpired:
                    supervisor.poll()
        except Interrupted:
            # The terminal's Ctrl-C has reached the child as well; SIGTERM only us.
            stop()
            stop = child.kill
