"""Errors about a request as such: one that cannot be read, breaks a limit of the model, or asks for an
operation that is not here.

The tree of errors and the sources of the wordings are in `core.errors`.
"""

from __future__ import annotations

from collections.abc import Sequence

from emrsim.core.errors import (
    EmrError,
    MissingAction,
    NotImplementedHere,
    SerializationException,
    UnknownOperationException,
    ValidationException,
)


def constraints_violated(violations: Sequence[str]) -> EmrError:
    """All that `wire.validate` found, in one message (form: mrjob's record of an enum violation)."""
    detected = "1 validation error" if len(violations) == 1 else f"{len(violations)} validation errors"
    return ValidationException(f"{detected} detected: {'; '.join(violations)}")


def enum_violation(value: object, path: str, allowed: Sequence[str]) -> str:
    return (
        f"Value '{value}' at '{path}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{', '.join(allowed)}]"
    )


def null_violation(path: str) -> str:
    """A required member that is not there (assumed; generic AWS wording, as the three below)."""
    return f"Value null at '{path}' failed to satisfy constraint: Member must not be null"


def pattern_violation(value: object, path: str, pattern: str) -> str:
    return (
        f"Value '{value}' at '{path}' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {pattern}"
    )


def length_violation(value: object, path: str, bound: str, limit: int) -> str:
    """`bound` is "less" or "greater"."""
    return (
        f"Value '{value}' at '{path}' failed to satisfy constraint: "
        f"Member must have length {bound} than or equal to {limit}"
    )


def range_violation(value: object, path: str, bound: str, limit: float) -> str:
    """`bound` is "less" or "greater"."""
    return (
        f"Value '{value}' at '{path}' failed to satisfy constraint: "
        f"Member must have value {bound} than or equal to {limit:g}"
    )


def body_unreadable(why: str) -> EmrError:
    return SerializationException(why)


def wrong_type(expected: str, path: str) -> EmrError:
    """A value of another type than the model's (form of the text: assumed)."""
    return SerializationException(f"{path or 'The request'} is not of the expected type: {expected}.")


def structure_expected() -> EmrError:
    return SerializationException("Start of structure or map found where not expected.")


def missing_action() -> EmrError:
    return MissingAction("Missing Action")  # assumed; generic AWS Query text


def unknown_operation(name: str) -> EmrError:
    return UnknownOperationException(f"Could not find operation {name} for version 2009-03-31")  # assumed


def not_implemented(operation: str, reason: str | None = None) -> EmrError:
    """`reason` is a sentence that says why, for the person who called."""
    if reason:
        return NotImplementedHere(f"emrsim does not implement {operation}. {reason} Nothing was done.")
    return NotImplementedHere(f"emrsim does not implement {operation}; nothing was done.")


def bad_configuration(what: str) -> EmrError:
    """Of Configurations that no site file and no environment can hold; the wording: assumed."""
    return ValidationException(f"Invalid configuration: {what}")


def classification_not_valid(name: str, parent: str | None) -> EmrError:
    """Of a classification that EMR knows nowhere, or not in `parent`.

    Source: docs/facts/releases.md#classifications.
    """
    return ValidationException(
        f"Classification '{name}' is not valid for parent classification '{parent or 'null'}'."
    )


class StateNotWritten(EmrError):
    """Not a status at which clients try again: somebody has to make room first."""

    code = "InternalServerError"
    query_code = "InternalFailure"
    status = 507


def state_not_written(why: str) -> EmrError:
    return StateNotWritten(f"Nothing was done, as emrsim cannot write its state: {why}")
