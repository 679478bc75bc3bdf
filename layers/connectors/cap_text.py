# SPDX-License-Identifier: Apache-2.0
"""Text that may stand in an XML document. Pure."""

import re
from typing import Any

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: Any) -> str:
    """A value as text without the characters that XML 1.0 (section 2.2) does not have; "" for nothing."""
    return "" if text is None else _NOT_XML.sub(" ", str(text)).strip()
