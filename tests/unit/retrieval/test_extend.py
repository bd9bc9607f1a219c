from dataclasses import replace
from datetime import timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.asking.decision import Risk, Thresholds
from retrieval.asking.live import Live
from retrieval.asking.retriever import Retriever
from retrieval.building import manifest, store
from retrieval.building.build import build
from retrieval.building.extend import Room, extend
from retrieval.errors import DamagedBuild, MismatchedBuild
from retrieval.indexing.encoder import HashEncoder
from retrieval.knowledge.entries import read_build
from retrieval.learning.fitted import Fitted
from retrieval.learning.shipped import shipped
from tests.unit.retrieval.corpus import NOW, entry

ENCODER = HashEncoder(dimensions=64)
ROOM = Room(base=100)
LATER = (NOW + timedelta(hours=hours) for hours in count(100))
SUBJECTS = [f"{a}{b}" for a in "墙梁柱板桩井渠坝闸阀泵管" for b in "图表单册账卡照片签章标段"]
ENTRIES = tuple(
    entry(f"e{number}", f"{subject}怎么填", similar=tuple(f"{subject}{chr(0x4E00 + 60 * number + n)}填" for n in range(4)),
          code=f"ERR-{5000 + number}" if number < 3 else None)
    for number, subject in enumerate(SUBJECTS)
)  # fmt: skip
# Words of entries that are gone are still counted, here 7 of 144 at most. What depends on no counts is equal.
TOLERANCE = dict.fromkeys(("char", "answer", "whole", "cover"), 0.06)


def full(root, entries, hours=0):
    thresholds = Thresholds(0.9, 0.3, Risk())
    fitted = Fitted(shipped().fusion, thresholds, {one.id: one.version for one in entries})
    return build(entries, ENCODER, root, now=NOW + timedelta(hours=hours), kept=fitted)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("index")
    return root, full(root, ENTRIES).build_id


def opened(root, name):
    return Retriever(store.load(root / name), ENCODER)


def added(number, question="验收报告怎么归档"):
    return entry(
        f"new{number}", f"{question}{number}", similar=(f"归档{number}号验收报告",), code=f"NEW-{7000 + number}"
    )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 2).map(added)),
        st.tuples(
            st.just("put"), st.integers(0, 5).map(lambda n: replace(ENTRIES[n], question=f"{SUBJECTS[n]}何时交"))
        ),
        st.tuples(st.just("drop"), st.sampled_from([one.id for one in (*ENTRIES[:6], added(0), added(1))])),
    ),
    min_size=1,
    max_size=6,
)


@given(STEPS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_changes_is_found_like_in_a_build_made_anew(made, tmp_path_factory, steps):
    root, name = made
    wanted = {one.id: one for one in ENTRIES}
    for kind, what in steps:
        put, drop = ([what], []) if kind == "put" else ([], [what])
        wanted.update({one.id: one for one in put})
        for gone in drop:
            wanted.pop(gone, None)
        name = extend(root, name, put, drop, ENCODER, now=next(LATER), room=ROOM).build_id
    anew_root = tmp_path_factory.mktemp("anew")
    anew, extended = opened(anew_root, full(anew_root, tuple(wanted.values())).build_id), opened(root, name)

    assert {one.id: one for one in extended.entries} == wanted
    assert {one.id: one for one in read_build(root / name)} == wanted
    assert manifest.read(root / name).rows == manifest.read(anew_root / anew.build_id).rows
    touched = [
        what if kind == "put" else next((one for one in ENTRIES if one.id == what), added(0)) for kind, what in steps
    ]
    for question in {text for one in (*touched, *ENTRIES[4:8]) for text in (one.question, one.question + "呢")}:
        ours, theirs = extended.ask(question), anew.ask(question)
        assert all(one.entry_id in wanted for one in ours.candidates)
        assert (ours.decision, ours.entry_id) == (theirs.decision, theirs.entry_id)
        assert ours.candidates[0].entry_id == theirs.candidates[0].entry_id
        others = {one.entry_id: one.features for one in theirs.candidates}
        for one in ours.candidates:
            for feature, value in others.get(one.entry_id, {}).items():
                assert one.features[feature] == pytest.approx(value, abs=TOLERANCE.get(feature, 1e-3)), feature


def test_an_entry_added_is_served_at_the_next_look_and_the_base_is_not_loaded_again(made):
    root, name = made
    store.activate(root, name)
    live = Live(root, ENCODER)
    before = live.retriever._index.scorer.base

    store.activate(root, extend(root, name, [added(1)], [], ENCODER, now=NOW + timedelta(hours=20), room=ROOM).build_id)
    live.reload()

    assert live.ask("验收报告怎么归档1").entry_id == "new1"
    assert live.ask("NEW-7001").entry_id == "new1"
    assert live.retriever._index.scorer.base is before
    assert live.retriever.entry("new1") == added(1)


def test_an_entry_that_is_gone_is_nowhere(made):
    root, name = made
    gone = ENTRIES[0]

    shorter = opened(
        root, extend(root, name, [], [gone.id], ENCODER, now=NOW + timedelta(hours=21), room=ROOM).build_id
    )

    assert shorter.entry(gone.id) is None
    assert shorter.ask(gone.code).decision == "decline"
    assert len(shorter.entries) == len(ENTRIES) - 1
    assert gone.id not in {one.entry_id for one in shorter.ask(gone.question).candidates}


def test_a_build_knows_whether_it_has_policies_whatever_came_and_went(made):
    root, name = made
    policy = replace(added(0), type="policy")
    later = (NOW + timedelta(hours=30 + n) for n in range(5))

    def has_policy(put, drop, former):
        extended = extend(root, former, put, drop, ENCODER, now=next(later), room=ROOM).build_id
        return extended, store.load(root / extended).entries.has_policy

    came, there = has_policy([policy], [], name)
    changed, still = has_policy([added(1)], [], came)
    _, gone = has_policy([], [policy.id], changed)
    assert (store.load(root / name).entries.has_policy, there, still, gone) == (False, True, True, False)


def test_a_policy_of_the_base_that_is_gone_or_no_policy_any_more_does_not_count(tmp_path):
    policy = replace(ENTRIES[7], type="policy")
    name = full(tmp_path, (*ENTRIES[:7], policy, *ENTRIES[8:])).build_id

    gone = extend(tmp_path, name, [], [policy.id], ENCODER, now=NOW + timedelta(hours=1), room=ROOM).build_id
    retyped = extend(tmp_path, name, [ENTRIES[7]], [], ENCODER, now=NOW + timedelta(hours=2), room=ROOM).build_id

    found = [store.load(tmp_path / one).entries.has_policy for one in (name, gone, retyped)]
    assert found == [True, False, False]


@pytest.mark.parametrize("damaged", ["char/docs.npy", "delta/gone.npy", "delta/rows/texts.npy"])
def test_a_damaged_base_or_delta_is_refused(made, tmp_path, damaged):
    root, name = made
    made_of = extend(root, name, [added(2)], [], ENCODER, now=NOW + timedelta(hours=22), room=ROOM)
    folder = root / made_of.build_id
    sound = (folder / damaged).read_bytes()
    (folder / damaged).unlink()  # the base has the same file
    (folder / damaged).write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))

    with pytest.raises(DamagedBuild, match="differs from the manifest"):
        store.load(folder, beside=store.load(root / name))
    store.discard(root, made_of.build_id)


def test_too_much_or_too_small_a_base_is_for_a_build_made_anew(made):
    root, name = made
    later = NOW + timedelta(hours=23)

    assert extend(root, name, [added(n) for n in range(8)], [], ENCODER, now=later, room=ROOM) is None
    assert extend(root, name, [], [one.id for one in ENTRIES[:8]], ENCODER, now=later, room=ROOM) is None
    assert extend(root, name, [added(1)], [], ENCODER, now=later) is None
    with pytest.raises(MismatchedBuild):
        extend(root, name, [added(1)], [], HashEncoder(dimensions=32), now=later, room=ROOM)


def test_a_large_base_with_few_changes_is_extended_by_build(tmp_path):
    many = tuple(
        entry(f"e{n}", f"{chr(0x4E00 + n)}{chr(0x5E00 + n % 900)}怎么办", title=f"标题{n}") for n in range(5_000)
    )
    base = full(tmp_path, many)
    fitted = store.load(tmp_path / base.build_id).fitted
    changed = (replace(many[0], answer="改了"), *many[2:], added(3))

    made = build(changed, ENCODER, tmp_path, now=NOW + timedelta(hours=1), kept=fitted, former=tmp_path / base.build_id)
    again = build(many, ENCODER, tmp_path, now=NOW + timedelta(hours=2), kept=None, former=tmp_path / made.build_id)

    assert (made.base, made.delta, made.entries) == (base.build_id, 2, 5_000)
    assert {one.id: one for one in read_build(tmp_path / made.build_id)} == {one.id: one for one in changed}
    assert np.array_equal(np.load(tmp_path / made.build_id / "delta" / "gone.npy"), [0, 1])
    assert (again.base, again.delta) == ("", 0)
