"""Every sentence that the program asks for is there, and gets a value for each of its places: told from the source,
because a sentence with a hole fails in the night in which it is needed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from gateway.wording import Wording

ROOT = Path(__file__).parents[3] / "gateway"
WORDING = Wording.load()
KEYS = WORDING.keys()
ALWAYS = {"product", "assistant"}
ELSEWHERE = ("console",)  # its labels look a key up and fall back when there is none
VARIABLE = "<>"


@dataclass(frozen=True)
class Use:
    """One call, with the names of its values; None: they are handed on and cannot be told."""

    where: str
    key: str
    values: frozenset[str] | None

    def __str__(self) -> str:
        return f"{self.where} {self.key}"

    def sentences(self) -> list[str]:
        pattern = re.compile("[a-z0-9_.]+".join(map(re.escape, self.key.split(VARIABLE))), re.IGNORECASE)
        return [key for key in KEYS if pattern.fullmatch(key)]


def literals(node: ast.expr) -> Iterator[str]:
    """What an expression may be, with a sign where something is filled in; nothing for a name alone."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(one.value if isinstance(one, ast.Constant) else VARIABLE for one in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def helpers_of(tree: ast.Module) -> dict[str, tuple[str, set[str]]]:
    """The module's own helpers, what they put before the key, and values they bring: `_text` -> `turn.`"""
    found: dict[str, tuple[str, set[str]]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or "key" not in {one.arg for one in node.args.args}:
            continue
        if node.name == "text":
            continue
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "text":
                for written in (text for argument in call.args[:1] for text in literals(argument)):
                    if written.endswith(f".{VARIABLE}") and written.count(VARIABLE) == 1:
                        brought = {one.arg for one in call.keywords if one.arg is not None}
                        found[node.name] = written.removesuffix(VARIABLE), brought
    return found


def uses() -> Iterator[Use]:
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(ELSEWHERE):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        helpers = helpers_of(tree)
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not isinstance(call.func, (ast.Attribute, ast.Name)):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            if called not in helpers and called != "text":
                continue
            prefix, brought = helpers.get(called, ("", set()))
            named = {one.arg for one in call.keywords} | brought
            values = None if None in named else frozenset(str(one) for one in named)
            for argument in call.args[:2]:
                for key in literals(argument):
                    whole = f"{prefix}{key}"
                    if re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_<>]+)+", whole):
                        yield Use(f"{name}:{call.lineno}", whole, values)


USES = list(uses())


def test_there_are_uses_to_look_at() -> None:
    sections = {use.key.partition(".")[0] for use in USES}
    assert len(USES) > 150
    assert {"turn", "asks", "waiting", "care", "sla", "routing", "incidents", "morning", "progress"} <= sections


@pytest.mark.parametrize("use", USES, ids=str)
def test_the_sentence_is_there_and_has_a_value_for_each_place(use: Use) -> None:
    keys = use.sentences()
    assert keys, f"no wording {use.key}"
    if use.values is None or VARIABLE in use.key:
        return  # which of them it is, and with which values, the tests of that module say
    for key in keys:
        places = set(Template(WORDING._sentences[key]).get_identifiers())
        assert places <= use.values | ALWAYS
