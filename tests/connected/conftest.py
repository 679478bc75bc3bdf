# SPDX-License-Identifier: Apache-2.0
"""Each file here has a database of its own: where there are units, places far from them are not believed."""

import pytest


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own."""
    return own_database_url
