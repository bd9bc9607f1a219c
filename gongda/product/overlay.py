"""The folder of the vendor's own product: written by `gongda init`, read by everybody else.

    product.yml            the product (written last: with it the installation is the vendor's own)
    dictionary/*           tables that stand in for those of zhtext/dictionary
    nlu/questions.yml      the sheet's questions, for the dialogue engine
    kb/sheet/entries.yml   the sheet's entries; the vendor's own files may stand in kb/ too

Files that `gongda init` does not write are left alone by it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gongda.errors import BadSetting
from gongda.product import dictionary, examples
from gongda.product.model import Product
from gongda.settings import Settings
from kb_ingest.errors import IngestError
from kb_ingest.folder import read_folder
from kb_ingest.writing import as_yaml
from retrieval.knowledge.entry import Entry

_PRODUCT = "product.yml"
_SHEET = "kb/sheet/entries.yml"
_EXAMPLES = "nlu/questions.yml"
_SAMPLE = Path(__file__).with_name("sample.yml")
_HEAD = "# 由 gongda init 生成，请改资料表后重新运行 gongda init，不要直接改这个文件。\n"


def load(settings: Settings) -> Product:
    """The product this installation is about. Raises BadSetting for a file somebody has damaged."""
    path = settings.own / _PRODUCT if settings.has_own else _SAMPLE
    data = _yaml(path)
    try:
        return Product.from_json(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSetting(f"{path} 的内容不对（{error}），请重新运行 gongda init") from error


def former(settings: Settings) -> tuple[Product, tuple[Entry, ...]]:
    """What is about to be replaced, as far as it can be read: what cannot is replaced all the same."""
    try:
        product = load(settings)
    except BadSetting:
        product = Product(name="")
    try:
        return product, read_folder((settings.own / _SHEET).parent) if settings.has_own else ()
    except IngestError:
        return product, ()


def files(product: Product, asked: Sequence[Entry], entries: Sequence[Entry]) -> dict[str, str]:
    """What the folder holds for a product: relative path -> text, in the order of writing. The questions of `asked`
    are about nothing but this product."""
    tables = {f"dictionary/{name}": text for name, text in dictionary.texts(product).items()}
    described = yaml.safe_dump(product.to_json(), allow_unicode=True, sort_keys=False, width=10_000)
    texts = {**tables, _EXAMPLES: examples.text(product, asked), _SHEET: as_yaml(entries), _PRODUCT: described}
    return {path: _HEAD + text for path, text in texts.items()}


def differing(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that say something else by now, or are not there."""
    return {path: text for path, text in wanted.items() if _text(folder / path) != text}


def write(folder: Path, changed: Mapping[str, str]) -> None:
    """Each file in one step, in order: what is broken off in the middle is put right by the next time."""
    for name, text in changed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _yaml(path: Path) -> Mapping[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} 无法解析：{' '.join(str(error).split())[:120]}") from error
    if not isinstance(data, dict):
        raise BadSetting(f"{path} 应是“键: 值”的集合")
    return data
