from __future__ import annotations

from datetime import timedelta

import pytest

from desk import conversations, entries, gaps, notices, pins, publications, unanswered
from desk.database import Database
from desk.errors import StoreError
from desk.turns import Content, Gap, TurnDraft, record_turn
from gongda.errors import BadSetting
from gongda.indexing import build_index, serves
from gongda.knowledge.corpus import corpus, has_desk, of_desk, seed
from gongda.knowledge.gathering import UNREADABLE, gather
from gongda.knowledge.importing import take_in
from gongda.knowledge.publishing import Order, publish_desk, reload_actions, roll_back_to
from gongda.retrieving import live
from kb_ingest.errors import NothingToPublish
from retrieval.asking.decision import Risk
from retrieval.building import store
from retrieval.learning.fitted import risk_of
from tests.unit.gongda.desks import NOW, clock, database, entry, settings

LOGIN = entry("faq-login", "登录不上怎么办", similar=["账号登不进去", "登陆失败"])
EXPORT = entry("faq-export", "怎么导出报表", similar=["报表导成表格在哪里点", "報表怎麼匯出"])
THIEF = entry("faq-thief", "怎么导出报表", similar=["登录不上怎么办"])


@pytest.fixture
def world(tmp_path):
    db = database(tmp_path)
    approve(db, LOGIN, EXPORT)
    return settings(tmp_path), db


def approve(db, *found):
    take_in(db, found, author="agent:1", clock=clock(), submit=True)
    with db.write() as session:
        for version in entries.waiting(session):
            entries.approve(session, version.entry_id, version.number, by="agent:2", now=NOW)


def pin(db, text, entry_id):
    with db.write() as session:
        pins.add(session, text, entry_id, author="agent:1", now=NOW)


def asked(db, *questions, person="visitor"):
    """Questions of one person on the widget that the knowledge base has declined."""
    with db.write() as session:
        conversation = conversations.open_for(session, "web", person, now=NOW)
        for number, question in enumerate(questions):
            draft = TurnDraft(f"{person}-{number}", conversation.id, (), gap=Gap(question, "no_evidence", "b"))
            record_turn(session, draft, Content(), now=NOW)
    return conversation


def test_what_is_approved_is_published_recorded_and_served(world):
    wanted, db = world

    done = publish_desk(wanted, db, clock(), Order("agent:2"))

    assert done.published
    assert live(wanted).ask("怎么导出报表").entry_id == "faq-export"
    with db.read() as session:
        last = publications.latest(session)
    assert (last.build_id, last.requested_by, last.state) == (store.current(wanted.index), "agent:2", "published")


def test_a_draft_is_not_published(world):
    wanted, db = world
    take_in(db, [entry("faq-draft", "还没批准的问题")], author="agent:1", clock=clock())

    publish_desk(wanted, db, clock(), Order("agent:2"))

    assert "faq-draft" not in {one.id for one in live(wanted).retriever.entries}


def test_a_refused_publication_is_recorded_and_the_old_build_serves_on(world):
    wanted, db = world
    first = publish_desk(wanted, db, clock(), Order("agent:2"))
    pin(db, "登录不上怎么办", "faq-login")
    approve(db, THIEF, entry("faq-login", "账号锁定多久解开"))

    refused = publish_desk(wanted, db, clock(), Order("agent:2"))

    assert not refused.published
    assert store.current(wanted.index) == first.report.build_id
    with db.read() as session:
        last = publications.latest(session, state=None)
    assert last.state == "refused"
    assert last.report["objections"][0]["reason"] == "stolen"

    overruled = publish_desk(wanted, db, clock(), Order("agent:2", overrule="问法归新条目"))
    assert overruled.published


def test_a_rehearsal_switches_nothing_and_leaves_no_record(world):
    wanted, db = world

    done = publish_desk(wanted, db, clock(), Order("agent:2", rehearse=True))

    assert not done.published
    assert store.finished(wanted.index) == []
    with db.read() as session:
        assert publications.listing(session) == ()


def test_an_attempt_without_any_entry_is_recorded_as_failed(tmp_path):
    wanted, db = settings(tmp_path), database(tmp_path)

    with pytest.raises(NothingToPublish):
        publish_desk(wanted, db, clock(), Order("agent:2"))

    with db.read() as session:
        assert publications.latest(session, state=None).state == "failed"


def test_rolling_back_is_recorded_and_leaves_the_entries_alone(world):
    wanted, db = world
    first = publish_desk(wanted, db, clock(), Order("agent:2")).report.build_id
    approve(db, entry("faq-new", "怎么打印二维码"))
    moved = clock()
    moved.advance(timedelta(minutes=1))
    publish_desk(wanted, db, moved, Order("agent:2"))

    assert roll_back_to(wanted, db, clock(), "agent:2", reason="答错了")[1] == first

    assert live(wanted).retriever.entry("faq-new") is None
    assert "faq-new" in of_desk(db).fingerprints
    with db.read() as session:
        assert publications.latest(session).kind == "rollback"


def test_approved_changes_wait_for_a_publication_when_the_program_starts(world):
    wanted, db = world
    publish_desk(wanted, db, clock(), Order("agent:2"))
    served = build_index(wanted).build_id
    approve(db, entry("faq-new", "怎么打印二维码"), entry("faq-login", "登录不上怎么办", "先看大小写。"))

    assert build_index(wanted).build_id == served
    assert build_index(wanted, force=True).fresh
    assert {one.id: one.answer for one in live(wanted).retriever.entries}["faq-login"] == LOGIN.answer
    assert live(wanted).retriever.entry("faq-new") is None


def test_what_came_with_the_program_is_served_at_once_and_again_after_a_death_in_between(world, tmp_path):
    wanted, db = world
    publish_desk(wanted, db, clock(), Order("agent:2"))
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "faq.yml").write_text(
        "- {id: faq-shipped, type: faq, title: 怎么打印, question: 怎么打印标签, answer: 点【打印】。}\n",
        encoding="utf-8",
    )

    seed(wanted, db, NOW)  # and the process dies here

    assert build_index(wanted).fresh
    assert live(wanted).retriever.entry("faq-shipped") is not None


def accept(wanted, **shares):
    lines = "".join(f"{key} = {share}\n" for key, share in shares.items())
    wanted.support.write_text(f"[knowledge]\n{lines}", encoding="utf-8")


def test_a_changed_risk_is_noticed_at_start_up_and_fits_again(world):
    wanted, db = world
    publish_desk(wanted, db, clock(), Order("agent:2"))
    before = build_index(wanted).build_id
    assert build_index(wanted).build_id == before

    for number, share in enumerate(("wrong", "refused", "unanswerable"), 1):
        accept(wanted, **{share: 0.1 * number})
        made = build_index(wanted)
        assert made.fresh, share
        assert getattr(risk_of(wanted.index / made.build_id), share) == pytest.approx(0.1 * number)
        assert not build_index(wanted).fresh


def test_a_publication_is_fitted_to_the_risk_of_the_policy(world):
    wanted, db = world
    accept(wanted, wrong=0.2, refused=0.3, unanswerable=0.4)

    published = publish_desk(wanted, db, clock(), Order("agent:2")).report.build_id

    assert risk_of(wanted.index / published) == Risk(0.2, 0.3, 0.4)
    assert live(wanted).ask("报表在哪里导").thresholds["risk"] == 0.2
    assert serves(wanted, of_desk(db).source)
    accept(wanted, wrong=0.2, refused=0.3)
    assert not serves(wanted, of_desk(db).source)


def test_a_risk_that_cannot_be_publishes_nothing(world):
    wanted, db = world
    accept(wanted, wrong=5)

    with pytest.raises(BadSetting, match=r"0\.005 到 0\.5"):
        publish_desk(wanted, db, clock(), Order("agent:2"))
    assert store.finished(wanted.index) == []


def test_a_damaged_build_is_made_anew(world):
    wanted, db = world
    publish_desk(wanted, db, clock(), Order("agent:2"))
    broken = build_index(wanted).build_id
    (wanted.index / broken / "entries.jsonl").write_text("", encoding="utf-8")

    assert build_index(wanted).build_id != broken


def test_a_desk_that_cannot_be_reached_is_no_missing_one(tmp_path):
    away = settings(tmp_path).model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none"})

    with pytest.raises(StoreError):
        corpus(away)


def test_a_database_before_its_first_migration_has_no_entries_yet(tmp_path):
    Database(f"sqlite:///{tmp_path / 'desk.db'}").open().ping()

    assert not has_desk(settings(tmp_path))


def test_an_action_server_that_is_away_is_no_error(tmp_path):
    assert not reload_actions(settings(tmp_path).model_copy(update={"actions_port": 9}))


def test_unanswered_questions_gather_become_an_entry_and_their_askers_are_to_be_told(world):
    wanted, db = world
    asked(db, "二维码怎么打印出来贴材料上", "材料二维码打印在哪", person="甲")
    asked(db, "想打印材料的二维码", person="乙")
    asked(db, "。。。", person="丙")

    gathered = gather(db, wanted, clock())
    with db.read() as session:
        found = gaps.open_gaps(session)
        away = gaps.open_gaps(session, "dismissed")

    assert gathered.questions == 4
    assert [(gap.questions, gap.contacts) for gap in found] == [(3, 2)]
    assert [gap.title for gap in away] == [UNREADABLE]

    qr = entry("how-qr", "材料二维码怎么打印")
    take_in(db, [qr], author="agent:1", clock=clock(), submit=True)
    with db.write() as session:
        gaps.draft(session, found[0].id, "how-qr", by="agent:1", now=NOW)
        entries.approve(session, "how-qr", 1, by="agent:2", now=NOW)
    publish_desk(wanted, db, clock(), Order("agent:2"))

    with db.read() as session:
        assert gaps.get(session, found[0].id).state == "answered"
        told = notices.of_gap(session, found[0].id)
    assert [notice.state for notice in told] == ["pending", "pending"]


def test_gathering_twice_changes_nothing(world):
    wanted, db = world
    asked(db, "二维码怎么打印出来贴材料上")

    gather(db, wanted, clock())

    assert gather(db, wanted, clock()).questions == 0
    with db.read() as session:
        assert unanswered.of_gap(session, None, limit=10) == ()


def test_contents_survive_the_desk(world):
    _, db = world

    assert {one.id: one.content for one in of_desk(db).source.entries} == {
        "faq-login": LOGIN.content,
        "faq-export": EXPORT.content,
    }
