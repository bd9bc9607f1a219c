import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from retrieval.asking.live import Live
from retrieval.asking.retriever import Retriever
from retrieval.building import manifest, store
from retrieval.building.build import build
from retrieval.errors import BuildRefused, DamagedBuild, MismatchedBuild, MissingBuild, NothingToBuild
from retrieval.indexing.encoder import HashEncoder
from tests.unit.retrieval.corpus import ENTRIES, NOW, make


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_flipped_byte_in_any_file_is_refused(tmp_path):
    folder = tmp_path / make(tmp_path)

    for path in files_of(folder):
        sound = path.read_bytes()
        middle = len(sound) // 2
        path.write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
        with pytest.raises(BuildRefused, match=folder.name):
            store.load(folder)
        path.write_bytes(sound)
    assert store.load(folder).entries == ENTRIES


def test_a_missing_file_and_one_too_many_are_refused(tmp_path):
    folder = tmp_path / make(tmp_path)
    codes = (folder / "codes.json").read_bytes()

    (folder / "codes.json").unlink()
    with pytest.raises(DamagedBuild, match=r"codes\.json is missing"):
        store.load(folder)
    (folder / "codes.json").write_bytes(codes)
    (folder / "extra.npy").write_bytes(b"x")
    with pytest.raises(DamagedBuild, match=r"extra\.npy is not in the manifest"):
        store.load(folder)


def test_a_build_under_another_name_is_refused(tmp_path):
    folder = tmp_path / make(tmp_path)

    with pytest.raises(DamagedBuild, match="holds the manifest of"):
        store.load(folder.rename(tmp_path / "other"))


def test_an_unfinished_build_is_neither_loaded_nor_activated(tmp_path):
    name = make(tmp_path)
    (tmp_path / name / manifest.NAME).unlink()

    with pytest.raises(MissingBuild):
        store.load(tmp_path / name)
    with pytest.raises(MissingBuild):
        store.activate(tmp_path, name)


def test_another_format_or_encoder_is_refused(tmp_path):
    folder = tmp_path / make(tmp_path)
    index = store.load(folder)

    with pytest.raises(MismatchedBuild, match="build again"):
        Retriever(index, HashEncoder(dimensions=32))
    data = json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))
    (folder / manifest.NAME).write_text(json.dumps({**data, "format": 0}), encoding="utf-8")
    with pytest.raises(MismatchedBuild, match="format 0"):
        store.load(folder)


def test_nothing_gives_no_build(tmp_path):
    with pytest.raises(NothingToBuild):
        build((), HashEncoder(), tmp_path, now=NOW)


def test_no_file_of_a_build_is_a_pickle(tmp_path):
    folder = tmp_path / make(tmp_path)

    assert {path.suffix for path in files_of(folder)} == {".json", ".jsonl", ".npy", ".faiss"}


def test_the_last_good_build_serves_when_current_is_damaged(tmp_path):
    good = make(tmp_path)
    live = Live(tmp_path, HashEncoder())
    assert live.ask("ERROR_403").build_id == good
    bad = make(tmp_path, now=NOW + timedelta(hours=1))
    (tmp_path / bad / "rows" / "owners.npy").write_bytes(b"")

    assert live.reload() is False
    assert live.ask("ERROR_403").build_id == good
    assert "rows/owners.npy is damaged" in live.problem
    fresh = Live(tmp_path, HashEncoder())
    assert fresh.ask("ERROR_403").build_id == good
    assert bad in fresh.problem


@pytest.mark.parametrize("content", ["", "../..", "nobody\n", ".hidden"])
def test_a_current_that_names_no_build_leaves_the_last_good_one(tmp_path, content):
    good = make(tmp_path)
    (tmp_path / store.CURRENT).write_text(content, encoding="utf-8")

    assert Live(tmp_path, HashEncoder()).ask("ERROR_403").build_id == good


def test_a_problem_ends_when_current_is_good_again(tmp_path):
    good = make(tmp_path)
    live = Live(tmp_path, HashEncoder())
    live.reload()
    (tmp_path / store.CURRENT).write_text("nobody", encoding="utf-8")
    live.reload()
    assert live.problem

    store.activate(tmp_path, good)
    live.reload()

    assert live.problem is None


def test_without_any_build_the_remedy_is_named(tmp_path):
    with pytest.raises(MissingBuild, match="gongda kb build"):
        Live(tmp_path, HashEncoder()).ask("在吗")


def test_a_switch_while_asking_mixes_no_builds(tmp_path):
    changed = tuple(replace(entry, title=f"新 {entry.title}") for entry in ENTRIES)
    old = make(tmp_path)
    new = build(changed, HashEncoder(), tmp_path, now=NOW + timedelta(hours=1)).build_id
    live = Live(tmp_path, HashEncoder())
    live.reload()
    seen, failures = [], []

    def ask():
        try:
            seen.extend(live.ask("怎么导出报表") for _ in range(100))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        for name in (new, old):
            store.activate(tmp_path, name)
            live.reload()
    store.activate(tmp_path, new)
    live.reload()
    for thread in threads:
        thread.join()

    assert not failures
    assert len(seen) == 400
    titles = {old: {"怎么导出报表"}, new: {"新 怎么导出报表"}}
    assert all({result.title} == titles[result.build_id] for result in seen)
    assert live.ask("怎么导出报表").build_id == new


def test_a_reload_without_change_does_nothing(tmp_path):
    make(tmp_path)
    live = Live(tmp_path, HashEncoder())

    assert [live.reload(), live.reload()] == [True, False]


def test_the_newest_builds_and_the_current_one_are_kept(tmp_path):
    names = [make(tmp_path, now=NOW + timedelta(hours=hour)) for hour in range(5)]
    store.activate(tmp_path, names[0])

    gone = store.prune(tmp_path, keep=2)

    assert sorted(gone) == names[1:3]
    assert store.finished(tmp_path) == [names[4], names[3], names[0]]


def test_an_old_build_answers_byte_for_byte_after_newer_ones(tmp_path):
    name = make(tmp_path)
    before = Retriever(store.load(tmp_path / name), HashEncoder()).ask("材料怎么导").to_json()
    make(tmp_path, ENTRIES[:6], now=NOW + timedelta(hours=1))

    assert Retriever(store.load(tmp_path / name), HashEncoder()).ask("材料怎么导").to_json() == before
