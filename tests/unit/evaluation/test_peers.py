from __future__ import annotations

import numpy as np
import pytest

from evaluation.peers import ReciprocalRank, ask, peers
from retrieval.encoder import HashEncoder
from retrieval.entry import Entry

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
