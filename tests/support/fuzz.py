# SPDX-License-Identifier: Apache-2.0
"""Fuzzing of parsers: a record or a typed refusal, never a crash. More cases: TOANCANH_FUZZ_CASES=10000."""

import os
from typing import Any

from hypothesis import HealthCheck, settings

from layers.connectors.base import Connector, Found, Message, Refused
from layers.errors import Rejected

CASES = int(os.environ.get("TOANCANH_FUZZ_CASES", "500"))
FUZZ = settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def assert_typed(connector: Connector, message: Message, options: Any = None) -> list[Found | Refused]:
    """Redact and read a message as the road does; whatever it holds, only what the contract allows comes out."""
    chosen = connector.options() if options is None else options
    clean = connector.redact(message)
    assert isinstance(clean, Message)
    try:
        parts = list(connector.parse(clean, chosen))
    except Rejected as rejection:
        assert rejection.code and rejection.detail
        return []
    assert all(isinstance(part, Found | Refused) for part in parts)
    assert all(part.code and part.detail for part in parts if isinstance(part, Refused))
    return parts
