from __future__ import annotations

import json

import pytest
import yaml

from desk import conversations, entries, feedback, gaps, messages, pins, turns
from desk.turns import Content, Gap, Reply, TurnDraft
from gongda.knowledge.corpus import corpus, due, has_desk, of_desk, seed
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


def dismissed(db, *questions):
    """Questions that the knowledge base declined and that nothing is to answer."""
    with db.write() as session:
        conversation = conversations.open_for(session, "web", "visitor", now=NOW)
        for question in questions:
            draft = TurnDraft(question, conversation.id, (), gap=Gap(question, "no_evidence", "b"))
            turns.record_turn(session, draft, Content(), now=NOW)
        gap = gaps.attach(session, None, [one.id for one in gaps.unclustered(session)], "闲聊", now=NOW)
        gaps.dismiss(session, gap.id, by="agent:1", reason="与产品无关", now=NOW)


def disliked(db, question, entry_id):
    """An answer that was shown and got a thumb down."""
    with db.write() as session:
        conversation = conversations.open_for(session, "web", "visitor", now=NOW)
        asked = messages.record_inbound(session, conversation.id, question, question, now=NOW)
        said = Reply("请这样做", "answer", {"card": {"entry_id": entry_id, "build_id": "b"}, "question": question})
        draft = TurnDraft(question, conversation.id, (asked.message_id,))
        reply = turns.record_turn(session, draft, Content((said,)), now=NOW).replies[0]
        feedback.rate(session, reply.id, conversation_id=conversation.id, helpful=False, now=NOW)


def test_what_the_files_call_uncovered_is_no_pin_and_reaches_the_source(tmp_path):
    wanted = settings(tmp_path)
    write(tmp_path / "kb", LOGIN, asked=[("登不上去", "faq-login"), ("今天天气", None)])
    of_the_files = corpus(wanted)

    db = database(tmp_path)
    seed(wanted, db, NOW)

    for source in (of_the_files, corpus(wanted), due(wanted, [LOGIN])):
        assert (source.asked, source.uncovered) == ({"登不上去": "faq-login"}, ("今天天气",))
    with db.read() as session:
        assert [pin.text for pin in pins.listing(session)] == ["登不上去"]


def test_what_customers_and_editors_have_said_reaches_the_source(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", LOGIN, EXPORT)
    seed(wanted, db, NOW)
    dismissed(db, "讲个笑话", "今天天气")
    disliked(db, "导不出来", "faq-login")

    source = of_desk(db, ("发票抬头",)).source

    assert set(source.uncovered) == {"讲个笑话", "今天天气", "发票抬头"}
    assert source.rejected == {"导不出来": "faq-login"}
    assert (source.labels.uncovered, source.labels.rejected) == (source.uncovered, source.rejected)
    assert len(source.labels) == 4


def test_a_question_that_is_pinned_by_now_is_covered(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)
    write(tmp_path / "kb", LOGIN, EXPORT)
    seed(wanted, db, NOW)
    dismissed(db, "导不出来")
    with db.write() as session:
        pins.add(session, "导不出来", "faq-export", author="agent:1", now=NOW)
        pins.add(session, "发票抬头", "faq-export", author="agent:1", now=NOW)

    source = of_desk(db, ("发票抬头", "今天天气")).source

    assert source.uncovered == ("今天天气",)
    assert source.asked["导不出来"] == "faq-export"


def test_shipped_uncovered_questions_count_while_shipped_entries_are_in_force(tmp_path):
    db = database(tmp_path)
    take_in(db, [EXPORT], author="agent:1", clock=clock(), submit=True)
    with db.write() as session:
        entries.approve(session, "faq-export", 1, by="agent:2", now=NOW)
    dismissed(db, "讲个笑话")

    assert of_desk(db, ("今天天气",)).source.uncovered == ("讲个笑话",)
