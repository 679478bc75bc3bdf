# SPDX-License-Identifier: Apache-2.0
"""Tables for people run nothing in a spreadsheet."""

import csv
import io

import pytest

from api.tables import csv_answer


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/c calc"!A1'])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    body = bytes(csv_answer(["a"], [[text]], "t").body).decode().removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(body, newline=""))) == [["a"], ["'" + text]]


def test_numbers_stay_numbers_and_quotes_and_lines_survive() -> None:
    body = bytes(csv_answer(["a", "b", "c"], [[-5, None, 'Xã "A",\nB']], "t").body).decode().removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(body, newline="")))[1] == ["-5", "", 'Xã "A",\nB']
