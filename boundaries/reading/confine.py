# SPDX-License-Identifier: Apache-2.0
"""What the child process gives up before it touches an upload: memory, time, network, and the file system.

Runs in the child alone. Limits are held by the kernel. Namespaces and Landlock are taken where the kernel has them;
where it has not, the single driver and the empty environment still stand.
"""

import ctypes
import os
import resource
import struct
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
# Landlock has no function in the C library; numbers are the same on every architecture (linux/landlock.h).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READS = _EXECUTE | _READ_FILE | _READ_DIR
_ALL_OF_ABI_1 = (1 << 13) - 1
_TRUNCATE = 1 << 14
_ABI_WITH_TRUNCATE = 3


def take_limits(memory_bytes: int, cpu_s: int, file_bytes: int) -> None:
    """Hold private memory, address space, processor time and size of written files."""
    # Address space counts the mapped libraries too, and what the allocator reserves without using.
    _hold(resource.RLIMIT_AS, memory_bytes + 768 * 1024 * 1024)
    _hold(resource.RLIMIT_DATA, memory_bytes)
    _hold(resource.RLIMIT_CPU, cpu_s)
    _hold(resource.RLIMIT_FSIZE, file_bytes)
    _hold(resource.RLIMIT_NOFILE, 256)
    _hold(resource.RLIMIT_CORE, 0)


def _hold(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (least, least))


def end_with_parent() -> None:
    """The child does not outlive the worker that started it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, 9)


def drop_network() -> bool:
    """An empty network namespace; False where that is not allowed."""
    return bool(ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def keep_to(folder: str) -> bool:
    """Write only in ``folder``; read only there, and the programs and libraries; False without Landlock."""
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        return False
    handled = _ALL_OF_ABI_1 | (_TRUNCATE if abi >= _ABI_WITH_TRUNCATE else 0)
    rules = struct.pack("=Q", handled)
    ruleset = libc.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    readable = {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/bin", "/dev", "/etc/ld.so.cache", "/proc/self"}
    readable |= {entry for entry in sys.path if entry}
    for path in sorted(readable):
        _allow(libc, ruleset, path, _READS)
    _allow(libc, ruleset, folder, handled)
    _allow(libc, ruleset, "/dev/null", _READ_FILE | _WRITE_FILE)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return done


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        access &= _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
    rule = struct.pack("=Qi", access, place)
    libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    os.close(place)
