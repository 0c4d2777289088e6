"""The JSON schema of what Slack takes, made from Slack's own TypeScript types when a test asks for it."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from bot.sandbox.slack.payload_check import Kind
from tests.second_opinion.asked_for import package

Json = Mapping[str, Any]
VIEWS = {"modal": "ModalView", "home": "HomeView"}


def written_schema(folder: Path) -> Path:
    """Make the schema of every type that @slack/types has."""
    generator = package("ts-json-schema-generator") / "bin" / "ts-json-schema-generator.js"
    types = package("@slack/types") / "dist" / "index.d.ts"
    written = folder / "slack-types.json"
    node = shutil.which("node")
    assert node is not None, "node is not there: it makes a schema of Slack's types"
    asked = ["--path", str(types), "--type", "*", "--no-type-check", "--out", str(written)]
    subprocess.run([node, str(generator), *asked], check=True, timeout=60)  # noqa: S603 - the pinned generator
    return written


class SlackTypes:
    """What the types have to say about a payload."""

    def __init__(self, schema: Path) -> None:
        definitions = json.loads(schema.read_text())["definitions"]
        blocks = {_type_of(definitions[name]): name for name in _members(definitions["KnownBlock"])}
        self._blocks = {kind: _validator(definitions, name) for kind, name in blocks.items()}
        self._others = {
            name: _validator(definitions, name)
            for name in ("ModalView", "HomeView", "MessageAttachment", "MessageMetadata")
        }

    def objections(self, kind: Kind, payload: Json) -> list[str]:
        """Say what is not as the types have it; empty where all is."""
        return list(self._objections(kind, payload))

    def _objections(self, kind: Kind, payload: Json) -> Iterator[str]:
        if kind in VIEWS:
            yield from _told(self._others[VIEWS[kind]], payload, kind)
            return
        for number, block in enumerate(payload.get("blocks", ())):
            validator = self._blocks.get(block.get("type"))
            if validator is None:
                yield f"blocks/{number}: {block.get('type')} is no block of Slack's"
            else:
                yield from _told(validator, block, f"blocks/{number}")
        for number, attachment in enumerate(payload.get("attachments", ())):
            yield from _told(self._others["MessageAttachment"], attachment, f"attachments/{number}")
        if "metadata" in payload:
            yield from _told(self._others["MessageMetadata"], payload["metadata"], "metadata")


def _validator(definitions: Json, name: str) -> Draft7Validator:
    return Draft7Validator({"definitions": definitions, "$ref": f"#/definitions/{name}"})


def _told(validator: Draft7Validator, payload: Json, where: str) -> Iterator[str]:
    error = best_match(validator.iter_errors(payload))
    if error is not None:
        path = "/".join([where, *(str(part) for part in error.absolute_path)])
        yield f"{path}: {error.message[:200]}"


def _members(union: Json) -> list[str]:
    return [member["$ref"].rpartition("/")[2] for member in union["anyOf"]]


def _type_of(definition: Json) -> str:
    """Read the ``type`` that a block is known by; a block of several forms has it in each."""
    form = definition["anyOf"][0] if "anyOf" in definition else definition
    kind: str = form["properties"]["type"]["const"]
    return kind
