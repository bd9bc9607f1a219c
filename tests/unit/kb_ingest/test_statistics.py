from __future__ import annotations

import json

from kb_ingest.statistics import NONE, statistics
from tests.unit.kb_ingest.knowledge import entry, short


def test_entries_are_counted_by_what_they_are_and_for_whom():
    counted = statistics(
        [
            entry("how-a", audience="user"),
            entry("err-b", type="error_code", code="ERR-1", module="登录", audience="it"),
            entry("err-c", type="error_code", code="ERR-1", module=""),
        ]
    )

    assert (counted.entries, counted.codes) == (3, 1)
    assert counted.by_type == {"error_code": 2, "howto": 1}
    assert counted.by_topic == {"data_import": 3}
    assert counted.by_module == {"数据导入": 1, "登录": 1, NONE: 1}
    assert counted.by_audience == {"it": 1, "user": 1, NONE: 1}


def test_similar_questions_are_counted_raw_and_as_patterns():
    counted = statistics(
        [
            entry("how-a"),
            short("how-b", "怎么导出报表", similar=("月报表怎么都导不出来", "月报表怎么都导不出来了", "報表匯出失敗")),
        ]
    )

    assert counted.similar == 11
    assert counted.patterns == 10
    assert counted.poorest[0] == ("how-b", 2)
    assert counted.least == 2
    assert counted.patterns_by_type["howto"] == {"least": 2, "mean": 5.0}


def test_traditional_questions_are_a_share_of_the_similar_ones():
    counted = statistics([entry("how-a"), short("how-b", "怎么导出报表", similar=("报表导不出来", "改模板"))])

    assert (counted.traditional, counted.entries_with_traditional) == (2, 1)
    assert counted.traditional_share == 0.2


def test_nothing_has_statistics_too():
    empty = statistics([])

    assert (empty.least, empty.traditional_share) == (0, 0.0)
    assert json.loads(json.dumps(empty.to_json()))["poorest"] == []
