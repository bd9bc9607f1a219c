"""The trained table as a folder that sentence-transformers loads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from retrieval.indexing.encoder import SEEN, seen_mark


def write(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32], figures: dict[str, Any],
          seen: Iterable[str]) -> None:  # fmt: skip
    """Half-precision table, tokenizer, module list and the figures of the run.

    `seen` are the questions of the knowledge base that were trained on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    half = table.astype(np.float16)
    if not np.isfinite(half).all():
        raise ValueError("a token vector does not fit into half precision")
    module = folder / "0_StaticEmbedding"
    module.mkdir(exist_ok=True)
    save_file({"embedding.weight": half}, str(module / "model.safetensors"))
    tokenizer.save(str(module / "tokenizer.json"), pretty=False)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    _dump(folder / "1_Normalize" / "config.json", {})
    _dump(folder / "modules.json", [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ])  # fmt: skip
    _dump(
        folder / "config_sentence_transformers.json",
        {
            "model_type": "SentenceTransformer",
            "prompts": {},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    _dump(folder / "training.json", figures)
    _dump(folder / SEEN, sorted({seen_mark(text) for text in seen}))


def _dump(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
