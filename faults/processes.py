# SPDX-License-Identifier: Apache-2.0
"""What Linux knows of a process group: its memory, its processor time, and the sockets that it holds."""

import os
import signal
from pathlib import Path

_LISTENING, _TICKS = "0A", os.sysconf("SC_CLK_TCK")


def members(group: int) -> list[int]:
    """The processes of a group."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == group:
                    found.append(int(folder.name))
            except ProcessLookupError:
                continue
    return found


def memory_mb(group: int) -> float:
    """Proportional set size: what the group would give back if it ended."""
    total = 0
    for pid in members(group):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return round(total / 1024, 1)


def processor_s(group: int) -> float:
    """Seconds of processor time so far."""
    total = 0
    for pid in members(group):
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(values[11]) + int(values[12])
    return total / _TICKS


def held_by_server(port: int, clients: set[int]) -> set[int]:
    """Which of these client ports the server on a port still has an open socket for."""
    held = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        values = line.split()
        here, there = (int(end.partition(":")[2], 16) for end in values[1:3])
        # Without an inode it belongs to no process any more: the kernel alone tries to send the rest.
        if here == port and there in clients and values[3] != _LISTENING and values[9] != "0":
            held.add(there)
    return held


def tcp_buffers_mb() -> float:
    """What all sockets of the machine hold in the kernel."""
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return round(int(line.split()[-1]) * 4096 / 1e6, 1)
    return 0.0


def kill_commands(words: str) -> int:
    """SIGKILL to every process whose command line holds these words; answers how many."""
    found = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if words in command and int(folder.name) != os.getpid():
                    os.kill(int(folder.name), signal.SIGKILL)
                    found += 1
            except (ProcessLookupError, FileNotFoundError):
                continue
    return found
