# SPDX-License-Identifier: Apache-2.0
"""Reading a draft's file: what people answered comes first, what is remembered of the producer where they are asked.

A remembered answer is used only where the file raises the question and offers it: a producer who once forgot the
coordinate system may declare it the next time. Pure but for the reading itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from boundaries.known import KnownUnits
from boundaries.reading.read import read_upload
from boundaries.reading.upload import BY_OVERLAP, NO_FIELD, Answers, Question, Reading

_MEMBERS = ("sheet", "crs", "swap_axes", "encoding", "fields")


@dataclass(frozen=True)
class Upload:
    """The bytes, what they are called, and what is known before they are read."""

    path: Path
    name: str
    known: KnownUnits


@dataclass(frozen=True)
class Asked:
    """A reading with the answers that it used; ``remembered`` names those that nobody gave this time."""

    reading: Reading
    answers: Mapping[str, Any]
    remembered: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a person must answer before anything goes on."""
        return self.reading.frame is None and any(question.is_open for question in self.reading.questions)


def ask(upload: Upload, given: Mapping[str, Any], memory: Mapping[str, Any], new_folder: Any) -> Asked:
    """Read as far as answers and memory go.

    Args:
        given: answers of people; ``remembered`` ones of an earlier check are not among them.
        memory: answers that are remembered of the producer.
        new_folder: makes an empty folder for each reading, and deletes it afterwards.
    """
    answers = {name: given[name] for name in _MEMBERS if name in given}
    remembered: tuple[str, ...] = ()
    reading = _read(upload, answers, new_folder)
    while found := _remembered(reading.questions, answers, memory):
        answers |= found
        remembered += tuple(found)
        reading = _read(upload, answers, new_folder)
    if reading.frame is None and not reading.questions and "crs" in answers:
        # The answer cannot be true: ask again, and say why.
        without = {name: one for name, one in answers.items() if name not in ("crs", "swap_axes")}
        again = _read(upload, without, new_folder)
        if again.questions:
            findings = (*reading.findings, *(one for one in again.findings if one not in reading.findings))
            return Asked(replace(again, findings=findings, frame=None), answers, remembered)
    return Asked(reading, answers, remembered)


def _read(upload: Upload, answers: Mapping[str, Any], new_folder: Any) -> Reading:
    with new_folder() as folder:
        return read_upload(upload.path, upload.name, Answers(**answers), upload.known, folder)


def _remembered(
    questions: tuple[Question, ...], answers: Mapping[str, Any], memory: Mapping[str, Any]
) -> dict[str, Any]:
    """What the memory answers of what is asked."""
    found: dict[str, Any] = {}
    for question in questions:
        if question.kind in memory and question.kind not in answers and _is_offered(question, memory):
            found[question.kind] = memory[question.kind]
            if question.kind == "crs":
                found["swap_axes"] = memory.get("swap_axes", False)
    return found


def _is_offered(question: Question, memory: Mapping[str, Any]) -> bool:
    answer = memory[question.kind]
    if question.kind == "fields":
        columns = {choice.value for choice in question.choices} | {BY_OVERLAP, NO_FIELD}
        return set(answer.values()) <= columns
    swapped = memory.get("swap_axes", False) if question.kind == "crs" else False
    return any(choice.value == answer and choice.swap_axes == swapped for choice in question.choices)


def to_remember(asked: Asked) -> dict[str, Any]:
    """What is worth remembering of answers that led to units."""
    worth = {name: one for name, one in asked.answers.items() if one not in (None, "", {})}
    if "crs" not in worth:
        worth.pop("swap_axes", None)
    return worth


def producer_key(producer: str) -> str:
    """A producer however it is written."""
    return " ".join(producer.split()).casefold()
