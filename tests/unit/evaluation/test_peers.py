from __future__ import annotations

import numpy as np
import pytest

import evaluation.peers
from evaluation.errors import Unfit
from evaluation.peers import NAMES, Linear, ReciprocalRank, ask, peers
from retrieval.indexing.encoder import HashEncoder
from retrieval.indexing.rows import rows_of
from retrieval.knowledge.entry import Entry

ENTRIES = tuple(
    Entry(id=name, type="faq", title=title, question=title, answer="按步骤操作。", similar=similar)
    for name, title, similar in (
        ("backup", "怎么备份数据库", ("数据怎么备份", "备份在哪里做")),
        ("login", "登录失败怎么办", ("登不进去", "密码对但进不了系统")),
        ("export", "报表导不出来", ("导出报表没反应", "点导出什么都没有")),
    )
)


@pytest.mark.parametrize("name", ["bm25_char", "bm25_word", "tfidf_cosine", "linear_char", "dense", "rrf"])
def test_every_peer_finds_an_entry_by_its_own_question_in_either_script(name: str) -> None:
    peer = dict(peers(ENTRIES, HashEncoder()))[name]
    assert not isinstance(peer, Unfit)

    assert ask(peer, ENTRIES, "数据怎么备份").ids[0] == "backup"
    assert ask(peer, ENTRIES, "報表導不出來").ids[0] == "export"


class _Fixed:
    def __init__(self, *scores: float) -> None:
        self._scores = np.asarray(scores, dtype=np.float32)

    def scores(self, text: str) -> np.ndarray:  # type: ignore[type-arg]
        return self._scores


def test_rank_fusion_adds_the_reciprocals_of_the_places() -> None:
    fused = ReciprocalRank([_Fixed(9, 5, 0), _Fixed(1, 2, 0)]).scores("")

    assert fused == pytest.approx([1 / 61 + 1 / 62, 1 / 62 + 1 / 61, 0])


def test_the_classifier_tells_two_entries_apart() -> None:
    both = ENTRIES[:2]

    classifier = Linear(rows_of(both))

    assert ask(classifier, both, "怎么备份数据库").ids == ("backup", "login")
    assert ask(classifier, both, "密码对但进不了系统").ids == ("login", "backup")


def test_one_entry_alone_is_nothing_to_classify() -> None:
    built = dict(peers(ENTRIES[:1], HashEncoder()))

    assert isinstance(built.pop("linear_char"), Unfit)
    assert not any(isinstance(peer, Unfit) for peer in built.values())


def test_a_classifier_too_large_for_the_memory_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation.peers, "_LINEAR_BYTES", 1000)

    with pytest.raises(Unfit, match="GB 内存"):
        Linear(rows_of(ENTRIES))


def test_every_name_has_its_peer() -> None:
    assert tuple(name for name, _ in peers(ENTRIES, HashEncoder())) == NAMES
