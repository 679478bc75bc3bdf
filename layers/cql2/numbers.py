# SPDX-License-Identifier: Apache-2.0
"""Arithmetic that never raises: the same operations on doubles as the SQL of migrations/l002_cql2.sql. Pure."""

import math
from typing import Any

from layers.cql2.tree import ArithmeticOp

# Inside these magnitudes products and quotients neither overflow nor vanish.
LEAST, MOST = 1e-150, 1e150
# exp of more than this leaves the range of the operands' products.
MOST_EXPONENT = 690.0
# Stored numbers below are 0: PostgreSQL's doubles have no smaller ones that it reads back.
LEAST_STORED = 2.2250738585072014e-308


def stored_number(value: Any) -> float | None:
    """A stored number as a double; ``None`` for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return 0.0 if abs(number) < LEAST_STORED else number


def operand(value: float | None) -> float | None:
    """A number that may be calculated with."""
    if value is None or abs(value) > MOST:
        return None
    return 0.0 if abs(value) < LEAST else value


def calculate(op: ArithmeticOp, left: float | None, right: float | None) -> float | None:
    """The result, or ``None`` where there is none."""
    a, b = operand(left), operand(right)
    if a is None or b is None:
        return None
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "^":
            return power(a, b)
    if b == 0:
        return None
    if op == "/":
        return a / b
    whole = math.modf(a / b)[1]
    return whole if op == "div" else a - b * whole


def power(a: float, b: float) -> float | None:
    """``a`` to the power of ``b``."""
    if a == 0:
        return None if b < 0 else (1.0 if b == 0 else 0.0)
    if a < 0 and b != math.floor(b):
        return None
    if abs(b * math.log(abs(a))) > MOST_EXPONENT:
        return None
    return math.pow(a, b)
