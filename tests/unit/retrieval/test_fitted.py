import json
from dataclasses import replace

import pytest

from retrieval.asking.decision import Risk, Thresholds
from retrieval.building import store
from retrieval.building.build import build
from retrieval.indexing.encoder import HashEncoder
from retrieval.knowledge.labels import Labels
from retrieval.learning.fitted import Fitted, risk_of
from retrieval.learning.shipped import shipped
from tests.unit.retrieval.corpus import NOW, entry

ENTRIES = tuple(entry(f"e{number}", f"{chr(0x4E00 + number)}{chr(0x5E00 + number)}怎么办") for number in range(40))
FITTED = Fitted(shipped().fusion, Thresholds(0.9, 0.3, Risk()), {one.id: one.version for one in ENTRIES}, labels=40)


def test_few_changes_and_the_same_risk_keep_what_was_fitted():
    assert FITTED.holds(ENTRIES, Risk(), 40)
    assert FITTED.holds((*ENTRIES[1:], replace(ENTRIES[0], answer="改了")), Risk(), 42)


def test_many_changed_entries_or_labels_fit_again():
    changed = [replace(one, answer="改了") for one in ENTRIES[:3]]

    assert not FITTED.holds((*changed, *ENTRIES[3:]), Risk(), 40)
    assert not FITTED.holds(ENTRIES[3:], Risk(), 40)
    assert not FITTED.holds(ENTRIES, Risk(), 43)


@pytest.mark.parametrize("changed", [Risk(wrong=0.04), Risk(refused=0.1), Risk(unanswerable=0.3)])
def test_any_part_of_the_risk_that_changes_fits_again(changed):
    assert not FITTED.holds(ENTRIES, changed, 40)


def test_a_build_says_which_risk_it_was_made_for(tmp_path):
    wanted = Risk(0.1, 0.2, 0.3)

    folder = tmp_path / build(ENTRIES, HashEncoder(), tmp_path, now=NOW, risk=wanted).build_id

    assert risk_of(folder) == wanted
    assert store.load(folder).fitted.thresholds.risk == wanted


def test_what_was_fitted_survives_the_build(tmp_path):
    asked = Labels({"怎么弄一": "e1"}, ("今天天气怎么样",), {"怎么弄二": "e2"})

    info = build(ENTRIES, HashEncoder(), tmp_path, now=NOW, labels=asked)

    fitted = store.load(tmp_path / info.build_id).fitted
    assert fitted.labels == 3
    assert fitted.thresholds.cases >= 2
    again = Fitted.from_json(json.loads(json.dumps(fitted.to_json())), fitted.fusion, fitted.thresholds)
    assert again == fitted
