"""The sentences of nlu_data with the places they are at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.tools.errors import BadInput
from bot.tools.lines import read_objects

_EXAMPLE = re.compile(r"\s*-\s+(?P<text>.*\S)\s*")


@dataclass(frozen=True)
class Row:
    """A sentence, what it is an example of (empty for none) and where it stands."""

    text: str
    label: str
    place: str

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


@dataclass(frozen=True)
class Data:
    """All of nlu_data that a message could resemble; `ignored` are lines Rasa does not read as examples."""

    examples: tuple[Row, ...]
    foreign: tuple[Row, ...]
    situations: tuple[Row, ...]
    ignored: tuple[Row, ...]


def read_data(folder: Path) -> Data:
    """Raises BadInput naming the file that cannot be read."""
    found = [row for path in sorted((folder / "intents").glob("*.yml")) for row in _examples(path)]
    if not found:
        raise BadInput(f"{folder} 里没有 intents/*.yml，或者其中没有例句")
    return Data(
        examples=tuple(row for row, fine in found if fine),
        foreign=tuple(_plain_lines(sorted((folder / "out_of_scope").glob("*.txt")))),
        situations=tuple(read_lines(sorted((folder / "situations").glob("*.jsonl")))),
        ignored=tuple(row for row, fine in found if not fine),
    )


def read_lines(paths: Iterable[Path]) -> Iterator[Row]:
    """The texts of JSON Lines files; without line numbers where blank lines were skipped."""
    for path in paths:
        for number, data in enumerate(read_objects(path), 1):
            yield Row(data["text"], "", f"{path.name}:{number}")


def _plain_lines(paths: Iterable[Path]) -> Iterator[Row]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                yield Row(line.strip(), "", f"{path.name}:{number}")


def _examples(path: Path) -> Iterator[tuple[Row, bool]]:
    """Examples with their lines in the file; False marks a line that is none."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (ValueError, yaml.YAMLError) as error:
        raise BadInput(f"{path.name} 不是可读的 YAML：{' '.join(str(error).split())}") from error
    for item in _children(_value(root, "nlu")):
        intent, examples = _value(item, "intent"), _value(item, "examples")
        if isinstance(intent, yaml.ScalarNode) and isinstance(examples, yaml.ScalarNode):
            first = examples.start_mark.line + (2 if examples.style == "|" else 1)
            for number, line in enumerate(examples.value.splitlines(), first):
                match = _EXAMPLE.fullmatch(line)
                text = match.group("text") if match else line.strip()
                if text:
                    yield Row(text, str(intent.value), f"{path.name}:{number}"), match is not None


def _children(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)
