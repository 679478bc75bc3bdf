# SPDX-License-Identifier: Apache-2.0
"""A secret in an option: ``password: {secret: env-ftp}`` names it, the folder of secrets holds it."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from layers.connectors.base import Options


class NamedSecret(Options):
    """The name of a secret; never its text."""

    secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$")]

    def text(self, secret: Callable[[str], str]) -> str:
        """The secret, without the line end that editors leave.

        Raises:
            LookupError: there is no secret of that name.
        """
        try:
            return secret(self.secret).rstrip("\r\n")
        except KeyError:
            told = f"there is no secret '{self.secret}': put a file of that name into the folder of secrets"
            raise LookupError(told) from None
