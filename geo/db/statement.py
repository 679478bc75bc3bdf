# SPDX-License-Identifier: Apache-2.0
"""SQLAlchemy Core statements for raw asyncpg.

A statement is built by a pure function, compiled once, and run with bound parameters only. The compiled text uses
``$1`` placeholders, so asyncpg prepares it once per connection.
"""

from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy ships it untyped


class Statement:
    """A compiled statement; ``bindparam`` names become keyword arguments."""

    def __init__(self, clause: ClauseElement) -> None:
        compiled = clause.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self._compiled = compiled
        self._order: list[str] = list(compiled.positiontup or [])
        self._required = frozenset(bind.key for bind in compiled.binds.values() if bind.required)
        self.sql = str(compiled)

    def args(self, **values: Any) -> list[Any]:
        """The positional arguments for these values.

        Raises:
            TypeError: a bound parameter has no value, or a value has no parameter.
        """
        if values.keys() != self._required:
            raise TypeError(f"the statement takes {sorted(self._required)}, not {sorted(values)}")
        parameters = self._compiled.construct_params(values)
        return [parameters[name] for name in self._order]


def compiled(clause: ClauseElement) -> tuple[str, list[Any]]:
    """Text and arguments of a statement whose values are already in it."""
    statement = Statement(clause)
    return statement.sql, statement.args()
