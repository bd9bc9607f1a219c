"""What the gateway says to people: sentences by key, from the YAML files of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import yaml

HERE = Path(__file__).parent
_PRODUCT, _ASSISTANT = "product.name", "product.assistant"


class UnknownWording(KeyError):
    """No file has this key."""


class Wording:
    """Sentences by `file.key`, with `$name` placeholders; `$product` and `$assistant` are filled in everywhere."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = dict(sentences)
        self._names = {"product": sentences.get(_PRODUCT, ""), "assistant": sentences.get(_ASSISTANT, "")}

    @classmethod
    def load(cls, folder: Path = HERE, *, product: str = "", assistant: str = "") -> Wording:
        """Every `*.yml` of a folder; a file's name is the first part of its keys. `product` and `assistant` are what
        they are called, where that is known."""
        sentences: dict[str, str] = {}
        for path in sorted(folder.glob("*.yml")):
            sentences.update(_flat(yaml.safe_load(path.read_text(encoding="utf-8")) or {}, path.stem))
        names = {_PRODUCT: product, _ASSISTANT: assistant}
        return cls({**sentences, **{key: name for key, name in names.items() if name}})

    def text(self, key: str, **values: object) -> str:
        """The sentence with its placeholders filled. Raises UnknownWording, and KeyError for a missing value."""
        try:
            sentence = self._sentences[key]
        except KeyError:
            raise UnknownWording(f"no wording {key!r}; add it under gateway/wording/") from None
        return Template(sentence).substitute({**self._names, **{name: str(value) for name, value in values.items()}})

    def keys(self) -> tuple[str, ...]:
        """Every key there is, for the tests."""
        return tuple(self._sentences)


def _flat(data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in data.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            flat.update(_flat(value, name))
        else:
            flat[name] = str(value).strip()
    return flat
