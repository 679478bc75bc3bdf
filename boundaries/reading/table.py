# SPDX-License-Identifier: Apache-2.0
"""The attributes of a layer: decoded, and their roles found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from boundaries.findings import Finding, found
from boundaries.known import KnownUnits
from boundaries.reading import encodings, fields
from boundaries.reading.opened import Layer
from boundaries.reading.spelling import bare
from boundaries.reading.upload import BY_OVERLAP, NO_FIELD, Answers, Choice, Question

# Made by the reader, not by the office that drew the units.
_OF_THE_READER = frozenset({
    "gml_id", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "lowerCorner", "upperCorner",
})  # fmt: skip
_SAMPLES = 5


@dataclass
class Attributes:
    """Values of the four roles for each row, with what is to be said and asked about them.

    Attributes:
        columns: role -> values; None stands for no column.
        mapping: role -> the column that its values come from, however it was found.
        by_overlap: the codes are to come from the published version.
    """

    columns: dict[str, list[str | None] | None] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    by_overlap: bool = False
    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return any(question.is_open for question in self.questions)


def understand(layer: Layer, answers: Answers, known: KnownUnits) -> Attributes:
    """Decode the layer's text and find the columns of the roles."""
    result = Attributes()
    names = frozenset(bare(name) for unit in known.units for name in (unit.name, unit.full_name))
    is_bytes = layer.format.text == "bytes"
    verdict = encodings.judge(_texts(layer.columns), layer.charset, is_bytes, names)
    encoding = verdict.used
    if answers.encoding in encodings.DECODERS:
        encoding = str(answers.encoding)
    elif verdict.proposed is not None:
        # The roles and the places are found with the proposal, so that all questions can be asked at once.
        encoding = verdict.proposed
        _ask_encoding(verdict, result)
    table = {encodings.decode(name, encoding): _decoded(values, encoding) for name, values in layer.columns.items()}
    table = {name: values for name, values in table.items() if name not in _OF_THE_READER}
    _find_roles(table, answers, known, names, result)
    if verdict.proposed is None or answers.encoding:
        _say_composed(layer, encoding, result)
    return result


def _texts(columns: Mapping[str, list[Any]]) -> Iterator[str]:
    for name, values in columns.items():
        yield name
        yield from (value for value in values if isinstance(value, str))


def _decoded(values: list[Any], encoding: str) -> list[Any]:
    return [encodings.decode(value, encoding) if isinstance(value, str) else value for value in values]


def _ask_encoding(verdict: encodings.Verdict, result: Attributes) -> None:
    now, then = verdict.samples[0]
    code = "ENC_LEGACY" if verdict.is_legacy else "ENC_MOJIBAKE"
    sample = f"“{now}” → “{then}”."
    result.findings.append(found(code, sample, sample))
    result.findings.append(found("ENC_SUGGEST", f"{verdict.proposed}: {sample}", f"{verdict.proposed}: {sample}"))
    choices = (
        Choice(str(verdict.proposed), str(verdict.proposed), verdict.proposed_score, samples=verdict.samples),
        Choice(verdict.used, verdict.used, verdict.score),
    )
    result.questions.append(Question("encoding", choices))


def _find_roles(
    table: dict[str, list[Any]], answers: Answers, known: KnownUnits, names: frozenset[str], result: Attributes
) -> None:
    codes = frozenset(unit.code for unit in known.units)
    guess = fields.guess(table, codes, names)
    chosen = {role: column for role, column in answers.fields.items() if _is_possible(column, table)}
    result.by_overlap = chosen.get("code") == BY_OVERLAP
    columns = {**guess.columns, **chosen}
    result.columns = {role: _values(table, columns.get(role)) for role in fields.ROLES}
    result.mapping = {role: columns[role] for role in fields.ROLES if columns.get(role)}
    missing = [role for role in ("code", "name") if role not in columns]
    if result.by_overlap:
        return
    choices = tuple(Choice(name, name, samples=_samples(values)) for name, values in table.items())
    if missing:
        text = ", ".join(missing)
        result.findings.append(found("FIELD_MISSING", f"Thiếu: {text}.", f"Missing: {text}."))
        offered = (*choices, Choice(BY_OVERLAP, "Gán mã theo phần chồng với bản đang công bố"))
        result.questions.append(Question("fields", offered, guess=guess.columns))
    elif not guess.is_certain and not {"code", "name"} <= set(chosen):
        pairs = ", ".join(f"{role} = “{column}”" for role, column in guess.columns.items())
        result.findings.append(found("FIELD_MAPPING", f"Đề xuất: {pairs}.", f"Proposed: {pairs}."))
        result.questions.append(Question("fields", choices, guess=guess.columns))


def _is_possible(column: str, table: Mapping[str, Any]) -> bool:
    return column in table or column in (BY_OVERLAP, NO_FIELD)


def _values(table: Mapping[str, list[Any]], column: str | None) -> list[str | None] | None:
    if column is None or column not in table:
        return None
    return [fields.as_text(value) for value in table[column]]


def _samples(values: list[Any]) -> tuple[tuple[str, str], ...]:
    shown = dict.fromkeys(str(value) for value in values if value is not None)
    return tuple((text[:80], text[:80]) for text in list(shown)[:_SAMPLES])


def _say_composed(layer: Layer, encoding: str, result: Attributes) -> None:
    count = sum(encodings.is_decomposed(text, encoding) for text in _texts(layer.columns))
    if count:
        result.findings.append(found("ENC_NOT_NFC", f"Số chữ: {count}.", f"Texts: {count}."))
