"""The OpenAPI document as rows of a page: each operation, what it takes and answers, and every shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class FieldRow:
    """One field. `shape` names the shape it has, when that is described by itself."""

    name: str
    kind: str
    shape: str
    text: str
    required: bool


@dataclass(frozen=True)
class OperationRow:
    """One operation: what its address and query take, the shape of what is sent and of what is answered."""

    method: str
    path: str
    text: str
    takes: tuple[FieldRow, ...]
    sent: str
    answered: str


@dataclass(frozen=True)
class ShapeRow:
    name: str
    text: str
    fields: tuple[FieldRow, ...]


def operations(document: Schema) -> Iterator[OperationRow]:
    """Every operation, in the document's order."""
    for path, of in document["paths"].items():
        for method, told in of.items():
            takes = tuple(
                _field(each["name"], each["schema"], each["required"]) for each in told.get("parameters", ())
            )
            sent = (
                told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            )
            answer = told["responses"][200]["content"]["application/json"]["schema"]
            yield OperationRow(
                method.upper(), path, told.get("description", ""), takes, _shape(sent), _shape(answer)
            )


def shapes(document: Schema) -> Iterator[ShapeRow]:
    """Every shape, by name."""
    for name, of in sorted(document["components"]["schemas"].items()):
        required = set(of.get("required", ()))
        fields = tuple(_field(each, told, each in required) for each, told in of["properties"].items())
        yield ShapeRow(name, of.get("description", ""), fields)


def _field(name: str, told: Schema, required: bool) -> FieldRow:
    return FieldRow(name, _kind(told), _shape(told), told.get("description", ""), required)


def _kind(told: Schema) -> str:
    """In a word or two: "integer", "date", "list of", "now | left | all"."""
    if "anyOf" in told:
        return " | ".join(_kind(each) for each in told["anyOf"])
    if "enum" in told:
        return " | ".join(each or "“”" for each in told["enum"])
    if told.get("type") == "array":
        return f"list of {_kind(told['items'])}".strip()
    if told.get("type") == "object":
        return f"object of {_kind(told.get('additionalProperties', {}))}".strip()
    return str(told.get("format") or told.get("type", ""))


def _shape(told: Schema) -> str:
    """The name of the shape a schema points to, or holds a list of."""
    at = told.get("items", told).get("$ref", "")
    return str(at).rpartition("/")[2]
