# SPDX-License-Identifier: Apache-2.0
"""The same version is the same bytes: from another process, in another time zone, and more than a year later.

And it comes back: what was exported is an upload without a finding.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from boundaries.checks.check import check_units
from boundaries.export import run
from boundaries.export.values import Plan, file_name
from tests.boundaries.check_samples import KNOWN
from tests.boundaries.export_samples import VERSION, bytes_of
from tests.boundaries.test_export_formats import PLANS
from tests.boundaries.upload_samples import read

# Put before the C library: every clock of the day runs 400 days ahead.
_LATER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
static const long later = 86400L * 400 + 11111;
int clock_gettime(clockid_t clock, struct timespec *at) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(clock, at);
    if (clock == CLOCK_REALTIME) at->tv_sec += later;
    return answer;
}
time_t time(time_t *into) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (into) *into = at.tv_sec;
    return at.tv_sec;
}
int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library that sets the clocks of a process ahead."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler to set a process's clock ahead")
    folder = tmp_path_factory.mktemp("later")
    (folder / "later.c").write_text(_LATER)
    built: Path = folder / "later.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, folder / "later.c", "-ldl"], check=True)
    return str(built)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.format} {plan.epsg}")
async def test_bytes_are_equal_in_another_process_zone_and_year(
    plan: Plan, later: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bytes_of(plan)
    monkeypatch.setattr(run, "_ENVIRONMENT", {**run._ENVIRONMENT, "LD_PRELOAD": later, "TZ": "Pacific/Kiritimati"})
    assert await bytes_of(plan) == first


# Nobody uploads TopoJSON, and a CSV file cannot say in which system its coordinates are: that is asked.
@pytest.mark.parametrize(
    "plan",
    [one for one in PLANS if one.format not in ("topojson", "csv")],
    ids=lambda plan: f"{plan.format} {plan.epsg}",
)
async def test_an_exported_file_is_an_upload_without_a_finding(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / file_name(VERSION, plan)
    path.write_bytes(await bytes_of(plan))
    reading = read(path, KNOWN)
    assert reading.frame is not None and len(reading.frame) == 32
    assert [*reading.findings, *check_units(reading.frame, KNOWN)] == []
