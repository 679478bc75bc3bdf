# SPDX-License-Identifier: Apache-2.0
"""What a person sees while the launcher works: numbered steps with their time, Vietnamese first."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_TICK_S = 15.0


class Failure(Exception):
    """A set-up step cannot go on; the text says what to do, `code` is the exit status."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class Interrupted(Exception):
    """A signal asked the launcher to stop."""


def say(text: str = "") -> None:
    """One line on the screen, at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """One line on the error stream, at once."""
    print(text, file=sys.stderr, flush=True)


class Step:
    """A step under way. `tick` keeps the person informed, `note` replaces the word at its end."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self._label = label
        self._stream = stream
        self._begun = time.monotonic()
        self._said = self._begun
        self._on_terminal = stream.isatty()
        self._note = "xong"
        self._meanwhile: Callable[[], None] | None = None
        self._print(f"{label} … ")

    def note(self, text: str) -> None:
        """What the closing line says instead of "xong" (done)."""
        self._note = text

    def meanwhile(self, work: Callable[[], None]) -> None:
        """What else needs attention while this step waits: the services, for instance."""
        self._meanwhile = work

    def tick(self) -> None:
        """Called often during long work: shows the seconds on a terminal, now and then elsewhere."""
        if self._meanwhile is not None:
            self._meanwhile()
        now = time.monotonic()
        if self._on_terminal and now - self._said >= 1:
            self._said = now
            self._print(f"\r{self._label} … {now - self._begun:.0f} s ")
        elif now - self._said >= _TICK_S:
            self._said = now
            self._print(f"{now - self._begun:.0f} s … ")

    def close(self, *, failed: bool) -> None:
        """Ends the line with the outcome and the time it took."""
        word = "KHÔNG XONG (failed)" if failed else self._note
        start = f"\r{self._label} … " if self._on_terminal else ""
        self._print(f"{start}{word} {time.monotonic() - self._begun:.1f} s\n")

    def _print(self, text: str) -> None:
        print(text, end="", file=self._stream, flush=True)


class Progress:
    """Numbers the steps of one command; `quiet` keeps the standard output for the command's own answer."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._total = total
        self._stream = sys.stderr if quiet else sys.stdout
        self._number = 0

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Shows "[2/8] label … xong 3.1 s" around a piece of work."""
        self._number += 1
        step = Step(f"[{self._number}/{self._total}] {label}", self._stream)
        try:
            yield step
        except BaseException:
            step.close(failed=True)
            raise
        step.close(failed=False)
