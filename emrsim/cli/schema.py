"""`emrsim schema`: the forms of plain data, for editors."""

from __future__ import annotations

import json
from typing import Any


def print_schema(form: str) -> None:
    """Print the JSON Schema of seeds, rules or faults."""
    print(json.dumps(schema(form), indent=2))


def schema(form: str) -> dict[str, Any]:
    """The JSON Schema of seeds, rules or faults."""
    from emrsim.core.json_schema import schema_of, schema_of_kinds

    if form == "seeds":
        from emrsim.api.seeds import SeedForm

        return schema_of(SeedForm)
    if form == "rules":
        from emrsim.core.rule_form import RuleForm

        return schema_of(RuleForm)
    from emrsim.core.faults import FORMS

    return schema_of_kinds(FORMS, "fault")
