# SPDX-License-Identifier: Apache-2.0
"""One generated demonstration, shared by the tests of the simulators."""

from datetime import date

import pytest

from simulators.dataset import Dataset, build

DAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def demo() -> Dataset:
    return build(DAY)
