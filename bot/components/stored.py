"""A model as one JSON file and one file of arrays; no pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np

_DATA, _ARRAYS = "model.json", "arrays.npz"


def save(folder: Path, data: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write both files."""
    np.savez(folder / _ARRAYS, **arrays)
    (folder / _DATA).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> Optional[Tuple[Dict[str, Any], Dict[str, Any]]]:
    """What `save` wrote, or None where nothing was saved."""
    if not (folder / _DATA).exists():
        return None
    data = json.loads((folder / _DATA).read_text(encoding="utf-8"))
    with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
        return data, {name: arrays[name] for name in arrays.files}
