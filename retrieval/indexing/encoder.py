"""Texts into unit vectors.

Three encoders speak one protocol: `SentenceTransformerEncoder` for any model of that library,
`StaticEncoder` for the shipped default and its like (a table of token vectors, read with numpy
and tokenizers alone), `HashEncoder` as the fake for tests. All of them normalise their input.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EncoderMissing
from retrieval.indexing.tokens import char_tokens, text_key
from zhtext.normalize import normalize

Floats = NDArray[np.float32]

DEFAULT_MODEL = Path(__file__).parents[1] / "models" / "gongda-static-zh"
SEEN = "seen.json"
_SEEN_DIGITS = 10
_FINGERPRINT_DIGITS = 16
_PROBES = ("导入报错怎么办", "如何设置审批流程", "ERROR_403", "打不开")


class Encoder(Protocol):
    """What retrieval asks of a sentence encoder. Vectors have length 1 (or 0 for a text without known tokens)."""

    @property
    def name(self) -> str:
        """For people: which model this is."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean equal vectors: a build refuses any other encoder than its own."""

    def has_seen(self, text: str) -> bool:
        """Whether the encoder was trained on this very question: then it proves nothing about new ones."""

    def encode_query(self, text: str) -> Floats:
        """One question as a vector."""

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        """Texts of the knowledge base as a matrix, one row each."""


def open_encoder(name_or_path: str | Path = DEFAULT_MODEL) -> Encoder:
    """`hash`, a folder with a static table, or whatever sentence-transformers knows by name or path.

    Raises EncoderMissing.
    """
    if str(name_or_path) == HashEncoder.NAME:
        return HashEncoder()
    path = Path(name_or_path)
    if _is_static(path):
        return static_encoder(path)
    return SentenceTransformerEncoder(str(name_or_path))


@lru_cache(maxsize=2)
def static_encoder(path: Path) -> StaticEncoder:
    """The table of one folder, held once however many ask for it."""
    return StaticEncoder(path)


class StaticEncoder:
    """The mean of token vectors, as sentence-transformers' `StaticEmbedding` computes it.

    Loads in milliseconds where importing that library takes 5-6 s and 420 MB; a test holds both
    to the same figures.
    """

    def __init__(self, path: str | Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = Path(path)
        if not _is_static(folder):
            raise EncoderMissing(
                f"no static sentence encoder in {folder}: modules.json, tokenizer.json "
                "and model.safetensors must be there; train one with python -m retrieval.training"
            )
        module = folder / _first_module(folder)
        self._tokenizer = Tokenizer.from_file(str(module / "tokenizer.json"))
        self._tokenizer.no_padding()
        # Twice the memory of the file, but no conversion with every question.
        self._table: Floats = load_file(str(module / "model.safetensors"))["embedding.weight"].astype(np.float32)
        self._lengths: Floats = np.linalg.norm(self._table, axis=-1)
        self._seen = _seen_marks(folder)
        self.name = folder.name
        self.dimensions = int(self._table.shape[1])
        self.fingerprint = _digest(
            (module / "tokenizer.json").read_bytes(), (module / "model.safetensors").read_bytes()
        )

    def has_seen(self, text: str) -> bool:
        return seen_mark(text) in self._seen

    def encode_query(self, text: str) -> Floats:
        return _unit(self._mean(self._tokenizer.encode(normalize(text), add_special_tokens=False).ids))

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        encoded = self._tokenizer.encode_batch([normalize(text) for text in texts], add_special_tokens=False)
        means = [self._mean(one.ids) for one in encoded]
        return _unit(np.stack(means)) if means else np.zeros((0, self.dimensions), dtype=np.float32)

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """Numbers of the tokens of normalised texts; 0 stands for an unknown one."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [np.array(one.ids, dtype=np.int64) for one in encoded]

    def token_vectors(self, ids: NDArray[Any]) -> tuple[Floats, Floats]:
        """Vectors of tokens, and their lengths: what a token weighs in a text."""
        return self._table[ids], self._lengths[ids]

    def _mean(self, ids: list[int]) -> Floats:
        if not ids:
            return np.zeros(self.dimensions, dtype=np.float32)
        mean: Floats = self._table[ids].mean(axis=0)
        return mean


class SentenceTransformerEncoder:
    """Any sentence-transformers model by name or path. Nothing is downloaded where the hub is switched off."""

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(name_or_path, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderMissing(
                f"no sentence-transformers model at {name_or_path!r}: give a folder that holds one, "
                f"or a name the model hub knows ({error})"
            ) from error
        self.name = Path(name_or_path).name
        probe = self.encode_documents(_PROBES)
        self.dimensions = int(probe.shape[1])
        # Files of hub models lie in a cache of unknown layout; what they compute is what matters.
        self.fingerprint = _digest(self.name.encode(), np.round(probe, 3).tobytes())

    def has_seen(self, text: str) -> bool:
        return False

    def encode_query(self, text: str) -> Floats:
        vector: Floats = self._encode("encode_query", [text])[0]
        return vector

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        return self._encode("encode_document", texts)

    def _encode(self, method: str, texts: Sequence[str]) -> Floats:
        plain = [normalize(text) for text in texts]
        vectors = np.asarray(getattr(self._model, method)(plain, show_progress_bar=False), dtype=np.float32)
        # A half-precision model divides zero by zero when it scales the vector of an empty text.
        return _unit(np.nan_to_num(vectors))


class HashEncoder:
    """The fake: characters and pairs hashed into signed buckets. Needs no model and knows no meaning."""

    NAME = "hash"

    def __init__(self, dimensions: int = 512) -> None:
        self.name = self.NAME
        self.dimensions = dimensions
        self.fingerprint = f"hash-{dimensions}"

    def has_seen(self, text: str) -> bool:
        return False

    def encode_query(self, text: str) -> Floats:
        vector: Floats = self.encode_documents([text])[0]
        return vector

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        matrix = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for token in char_tokens(normalize(text)):
                bucket = zlib.crc32(token.encode())
                matrix[row, bucket % self.dimensions] += 1.0 if bucket & 1 << 30 else -1.0
        return _unit(matrix)


def seen_mark(text: str) -> str:
    """Short hash by which a model's `seen.json` lists the questions it was trained on."""
    return _digest(text_key(normalize(text)).encode())[:_SEEN_DIGITS]


def _seen_marks(folder: Path) -> frozenset[str]:
    path = folder / SEEN
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else frozenset()


def _unit(vectors: Floats) -> Floats:
    """Scaled to length 1; zero stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return unit


def _is_static(folder: Path) -> bool:
    try:
        first = _first_module(folder)
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return all((folder / first / name).is_file() for name in ("tokenizer.json", "model.safetensors"))


def _first_module(folder: Path) -> str:
    """Folder of the first module, when that is a StaticEmbedding followed by nothing but Normalize."""
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    if kinds[0] != "StaticEmbedding" or set(kinds[1:]) - {"Normalize"}:
        raise LookupError(f"{folder} is not a static model")
    return str(modules[0]["path"])


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:_FINGERPRINT_DIGITS]
