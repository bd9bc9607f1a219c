"""YAML, read safely."""

from __future__ import annotations

from typing import Any

import yaml

# The same safe loader in C where PyYAML was built with it: six times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """What the one document in `text` says. Raises yaml.YAMLError."""
    return load_with_node(text)[0]


def load_with_node(text: str) -> tuple[Any, yaml.Node | None]:
    """The same with the document's node, which knows the lines; no node for an empty text."""
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    finally:
        loader.dispose()
