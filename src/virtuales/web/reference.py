"""The reference page of the REST API, in Markdown, from the application's own OpenAPI description."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from virtuales.web.routes import Door, doors

_INTRODUCTION = """# REST API

Written by `python -m virtuales.cli.reference`; change the program, not this page. A running node gives the same as
OpenAPI at `/openapi.json`.

Routes marked with a key need an access token; others take one and may answer more with it. Get it from the
orchestrator's `/oauth/token` with `resource` set to the node's base URL, and send it as `Authorization: Bearer …`.
Errors are problem documents (RFC 9457, `application/problem+json`) with `title`, `where`, `remedy`, and `reasons` for a
refusal or `report` for data that violates shapes.
"""

Schema = Mapping[str, Any]


def api_page(app: FastAPI) -> str:
    """Write the page of an application's routes."""
    description = app.openapi()
    found = {(door.method, door.path): door for door in doors(app)}
    sections: dict[str, list[str]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            heading = (operation.get("tags") or ["Other"])[0]
            text = _operation(found[method.upper(), path], operation, description)
            sections.setdefault(heading, []).append(text)
    others = [f"- `{door.method} {door.path}`" for door in found.values() if not door.described]
    parts = [_INTRODUCTION]
    for heading, texts in sections.items():
        parts += [f"## {heading}\n", *texts]
    parts += ["## Pages\n\nThese are for people with a browser, and for what their pages need.\n", *others, ""]
    return "\n".join(parts)


def _operation(door: Door, operation: Schema, description: Schema) -> str:
    key = " 🔑" if door.needs_token else ""
    lines = [f"### `{door.method} {door.path}`{key}\n", f"**{operation['summary']}.** {_line(operation)}\n"]
    rows = [_parameter(each) for each in operation.get("parameters", ()) if each["in"] in {"path", "query"}]
    rows += _body(operation.get("requestBody"), description)
    if rows:
        lines += ["| name | where | type | meaning |", "|---|---|---|---|", *rows, ""]
    answers = [status for status in operation["responses"] if status.startswith("2")]
    lines.append(f"Answers {', '.join(answers)}{_answer(operation, answers, description)}.\n")
    return "\n".join(lines)


def _line(part: Schema) -> str:
    return " ".join(str(part.get("description", "")).split())


def _parameter(parameter: Schema) -> str:
    required = "" if parameter.get("required") else " (optional)"
    return (
        f"| `{parameter['name']}` | {parameter['in']}{required} | {_type(parameter['schema'])} | {_cell(parameter)} |"
    )


def _body(body: Schema | None, description: Schema) -> list[str]:
    rows: list[str] = []
    for media_type, content in (body or {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), description)
        if "properties" not in schema:
            rows.append(f"| body | `{media_type}` | {_type(schema)} | {_cell(schema)} |")
        required = schema.get("required", ())
        for name, field in schema.get("properties", {}).items():
            optional = "" if name in required else " (optional)"
            where = "body" if media_type == "application/json" else f"body, `{media_type}`"
            rows.append(f"| `{name}` | {where}{optional} | {_type(field)} | {_cell(field)} |")
    return rows


def _answer(operation: Schema, answers: list[str], description: Schema) -> str:
    for status in answers:
        for media_type, content in operation["responses"][status].get("content", {}).items():
            schema = content.get("schema", {})
            fields = _resolved(schema.get("items", schema), description).get("properties", {})
            if fields:
                many = "a list of objects" if schema.get("type") == "array" else "an object"
                return f" with {many}: " + ", ".join(f"`{name}`" for name in fields)
            if media_type != "application/json":
                return " with " + ", ".join(f"`{name}`" for name in operation["responses"][status]["content"])
    return ""


def _resolved(schema: Schema, description: Schema) -> Schema:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Schema = description["components"]["schemas"][name] if name else schema
    return found


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " ".join(str(schema[name]) for name in ("type", "format") if name in schema) or "any"


def _cell(part: Schema) -> str:
    return _line(part).replace("|", "\\|")
