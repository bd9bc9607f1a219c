from __future__ import annotations

import json

import pytest
import yaml

from desk import entries, pins
from gongda.knowledge.corpus import corpus, has_desk, of_desk, seed
from gongda.knowledge.importing import take_in
from kb_ingest.errors import BadSource
from tests.unit.gongda.desks import NOW, clock, database, entry, settings


def write(folder, *found, asked=()):
    folder.mkdir(parents=True, exist_ok=True)
    data = [{key: value for key, value in one.to_json().items() if value} for one in found]
    (folder / "faq.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    lines = [json.dumps({"text": text, "id": entry_id}, ensure_ascii=False) for text, entry_id in asked]
    (folder / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")


LOGIN, EXPORT = entry("faq-login", "登录不上怎么办"), entry("faq-export", "怎么导出报表")


def test_files_seed_an_empty_desk_and_the_desk_is_the_truth_from_then_on(tmp_path):
    wanted = settings(tmp_path)
    write(tmp_path / "kb", LOGIN, asked=[("登不上去", "faq-login")])
    assert not has_desk(wanted)
    assert [one.id for one in corpus(wanted).entries] == ["faq-login"]

    db = database(tmp_path)
    seed(wanted, db, NOW)
    take_in(db, [EXPORT], author="agent:1", clock=clock(), submit=True)
    with db.write() as session:
        entries.approve(session, "faq-export", 1, by="agent:2", now=NOW)

    assert has_desk(wanted)
    found = corpus(wanted)
    assert [one.id for one in found.entries] == ["faq-export", "faq-login"]
    assert found.asked == {"登不上去": "faq-login"}


def test_a_changed_file_changes_what_still_follows_it_and_nothing_a_person_has_edited(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", LOGIN, EXPORT)
    seed(wanted, db, NOW)
    edited = entry("faq-login", "登录不上怎么办", "先看大小写。")
    with db.write() as session:
        entries.save_draft(session, "faq-login", edited.content, edited.version, author="agent:1", now=NOW)
        entries.submit(session, "faq-login", 2, by="agent:1", now=NOW)
        entries.approve(session, "faq-login", 2, by="agent:2", now=NOW)

    write(
        tmp_path / "kb", entry("faq-login", "登录不上怎么办", "新答案"), entry("faq-export", "怎么导出报表", "新答案")
    )
    seeded = seed(wanted, db, NOW)

    assert seeded.changed == ("faq-export",)
    assert {one.id: one.answer for one in of_desk(db).source.entries} == {
        "faq-login": "先看大小写。",
        "faq-export": "新答案",
    }


def test_mistakes_in_the_files_leave_the_desk_as_it_is(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", LOGIN)
    seed(wanted, db, NOW)
    (tmp_path / "kb" / "bad.yml").write_text("- id: x\n", encoding="utf-8")

    with pytest.raises(BadSource):
        seed(wanted, db, NOW)

    assert len(of_desk(db).source.entries) == 1


def test_documents_become_drafts_once(tmp_path):
    db = database(tmp_path)

    first = take_in(db, [LOGIN, EXPORT], author="cli", clock=clock())
    second = take_in(db, [LOGIN, EXPORT], author="cli", clock=clock())

    assert first.drafts == ("faq-login", "faq-export")
    assert (second.drafts, second.unchanged) == ((), ("faq-login", "faq-export"))
    assert of_desk(db).source.entries == ()


def test_what_somebody_is_working_on_is_left_alone_and_named(tmp_path):
    db = database(tmp_path)
    take_in(db, [LOGIN], author="agent:7", clock=clock())

    again = take_in(db, [entry("faq-login", "登录不上怎么办", "别的"), EXPORT], author="cli", clock=clock())

    assert again.conflicts == ("faq-login",)
    assert again.drafts == ("faq-export",)


def test_the_review_date_of_the_desk_is_the_one_that_is_shown(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", entry("faq-old", "旧的", review="2020-01-01"))

    seed(wanted, db, NOW)

    assert of_desk(db).source.entries[0].review == "2027-02-20"


def test_a_pin_of_the_files_is_a_pin_of_the_desk(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", LOGIN, asked=[("登不上去", "faq-login")])

    seed(wanted, db, NOW)
    seed(wanted, db, NOW)

    with db.read() as session:
        assert [(pin.text, pin.entry_id) for pin in pins.listing(session)] == [("登不上去", "faq-login")]


def test_an_id_that_the_desk_cannot_keep_is_named_and_the_others_go_in(tmp_path):
    db = database(tmp_path)

    imported = take_in(db, [entry("FAQ-Login", "登录不上怎么办"), EXPORT], author="cli", clock=clock())

    assert imported.drafts == ("faq-export",)
    assert "FAQ-Login" in imported.refused[0]


def test_a_shipped_pin_goes_where_its_file_says_and_a_persons_stays(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(
        tmp_path / "kb",
        LOGIN,
        EXPORT,
        asked=[("登不上去", "faq-login"), ("导不出来", "faq-login"), ("旧的", "faq-login")],
    )
    seed(wanted, db, NOW)
    with db.write() as session:
        pins.add(session, "人固定的", "faq-login", author="agent:1", now=NOW)

    write(tmp_path / "kb", LOGIN, EXPORT, asked=[("登不上去", "faq-login"), ("导不出来", "faq-export")])
    seed(wanted, db, NOW)

    with db.read() as session:
        assert {pin.text: pin.entry_id for pin in pins.listing(session)} == {
            "登不上去": "faq-login",
            "导不出来": "faq-export",
            "人固定的": "faq-login",
        }
