from pathlib import Path

import numpy as np
import pytest

from retrieval.asking.retriever import Retriever
from retrieval.building import store
from retrieval.errors import MismatchedBuild
from retrieval.indexing.encoder import DEFAULT_MODEL, SentenceTransformerEncoder, StaticEncoder, open_encoder
from tests.unit.retrieval.corpus import ENTRIES, make

TEXTS = [
    "导入报错怎么办",
    "請問如何匯出報表？",
    "ERROR_403",
    "IFC4 模型上传到 60% 就停了",
    "😀",
    "",
    "Ａ１２３ 材料清单" * 50,
]
MEBIBYTES = 2**20


def test_the_shipped_model_is_small_and_its_own_default():
    size = sum(path.stat().st_size for path in DEFAULT_MODEL.rglob("*") if path.is_file())

    assert size <= 16 * MEBIBYTES
    assert isinstance(open_encoder(), StaticEncoder)


def test_the_fast_path_gives_the_figures_of_sentence_transformers():
    fast, library = StaticEncoder(DEFAULT_MODEL), SentenceTransformerEncoder(str(DEFAULT_MODEL))

    ours, theirs = fast.encode_documents(TEXTS), library.encode_documents(TEXTS)

    # The library averages in half precision, we in single: two units in the last place of float16.
    assert np.abs(ours - theirs).max() < 2e-3
    assert np.array_equal(ours[0], fast.encode_query(TEXTS[0]))


def test_a_traditional_question_lies_near_its_simplified_twin():
    encoder = open_encoder()

    twin = encoder.encode_query("數據庫備份失敗") @ encoder.encode_query("数据库备份失败")
    stranger = encoder.encode_query("數據庫備份失敗") @ encoder.encode_query("手机端拍照上传")

    assert twin > 0.99
    assert stranger < 0.5


def test_own_questions_and_codes_find_their_entries(tmp_path):
    encoder = open_encoder()
    asked = Retriever(store.load(tmp_path / make(tmp_path, encoder=encoder)), encoder)

    for entry in ENTRIES:
        assert asked.ask(entry.question).entry_id == entry.id
    assert asked.ask("ｅｒｒｏｒ ４Ｏ３").code == "ERROR_403"
    assert asked.ask("请问材料的清单要怎么导入呢").candidates[0].entry_id == "how-import"
    assert asked.ask("今晚吃火锅还是烤鱼").decision == "decline"


def test_a_build_of_another_encoder_is_refused(tmp_path):
    index = store.load(tmp_path / make(tmp_path))

    with pytest.raises(MismatchedBuild, match="build again"):
        Retriever(index, open_encoder())


def test_the_model_card_names_its_sources():
    card = (DEFAULT_MODEL / "README.md").read_text(encoding="utf-8")
    notice = (Path(DEFAULT_MODEL).parent / "NOTICE.md").read_text(encoding="utf-8")

    assert "CC BY 4.0" in card
    assert "© Microsoft and contributors" in notice
