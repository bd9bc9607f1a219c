from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk import audit, entries
from desk.clock import FixedClock
from desk.database import Database
from desk.entries import Filter
from desk.errors import EditConflict, IllegalMove, NotAllowed, NotFound
from tests.integration.desk.knowledge import AUTHOR, REVIEWER, content, fingerprint, put_in_force, save

OTHER = "agent:3"
TODAY = date(2026, 11, 23)


# -- saving --------------------------------------------------------------------------------------


def test_a_new_entry_begins_as_a_draft_and_is_not_in_force(db: Database, clock: FixedClock) -> None:
    saved = save(db, "faq-save", "点保存。", clock(), origin="gap")

    with db.read() as session:
        record = entries.get(session, "faq-save")
        assert tuple(each.content for each in entries.in_force(session)) == ()
    assert (saved.number, saved.state, saved.author) == (1, "draft", AUTHOR)
    assert (record.live, record.state, record.origin, record.in_force) == (None, "draft", "gap", False)
    assert (record.title, record.type, record.topic) == ("怎么保存", "faq", "backup")


def test_the_newest_content_once_more_changes_nothing(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    clock.advance(timedelta(hours=1))

    again = save(db, "faq-save", "点保存。", clock(), author=OTHER)

    with db.read() as session:
        assert [version.number for version in entries.versions(session, "faq-save")] == [1]
        assert entries.get(session, "faq-save").updated_at < clock()
    assert (again.number, again.state) == (1, "approved")


def test_an_open_draft_of_the_same_author_is_replaced_in_place(db: Database, clock: FixedClock) -> None:
    first = save(db, "faq-save", "点保存。", clock())

    second = save(db, "faq-save", "点【保存】。", clock(), base=first.fingerprint)

    with db.read() as session:
        assert entries.versions(session, "faq-save") == (second,)
    assert second.content["answer"] == "点【保存】。"


def test_what_has_been_submitted_stays_as_it_is(db: Database, clock: FixedClock) -> None:
    first = save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())

    second = save(db, "faq-save", "点【保存】。", clock(), base=first.fingerprint)

    with db.read() as session:
        assert entries.version(session, "faq-save", 1).content == first.content
    assert (second.number, second.state) == (2, "draft")


def test_an_edit_of_a_version_that_is_not_the_newest_is_refused_and_names_who_saved_when(
    db: Database, clock: FixedClock
) -> None:
    first = save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())
    later = clock.advance(timedelta(minutes=7))
    save(db, "faq-save", "同事改过。", later, author=OTHER, base=first.fingerprint)

    with pytest.raises(EditConflict, match=r"agent:3 saved version 2 at 2026-11-23 02:07 UTC") as refused:
        save(db, "faq-save", "我也改过。", clock(), base=first.fingerprint)

    assert (refused.value.author, refused.value.number, refused.value.saved_at) == (OTHER, 2, later)


def test_two_windows_of_one_author_do_not_overwrite_each_other(db: Database, clock: FixedClock) -> None:
    first = save(db, "faq-save", "点保存。", clock())
    save(db, "faq-save", "第一个窗口。", clock(), base=first.fingerprint)

    with pytest.raises(EditConflict):
        save(db, "faq-save", "第二个窗口。", clock(), base=first.fingerprint)


def test_the_second_click_on_save_is_no_conflict(db: Database, clock: FixedClock) -> None:
    first = save(db, "faq-save", "点保存。", clock())
    clicked = [save(db, "faq-save", "点【保存】。", clock(), base=first.fingerprint) for _ in range(2)]

    assert clicked[0] == clicked[1]


def test_an_entry_meant_to_be_new_does_not_replace_one_of_the_same_id(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())

    with pytest.raises(EditConflict):
        save(db, "faq-save", "另一件事。", clock(), author=OTHER, base="")


def test_an_import_that_read_nothing_never_buries_open_work_of_somebody_else(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())

    with pytest.raises(EditConflict):
        save(db, "faq-save", "文件里的。", clock(), author=OTHER, origin="file")


@pytest.mark.parametrize("entry_id", ["", "FAQ", ".faq", "faq/1", "faq 1", "常见", "a" * 101, "faq\n"])
def test_an_id_of_other_characters_is_refused(db: Database, clock: FixedClock, entry_id: str) -> None:
    with pytest.raises(ValueError, match="entry id"):
        save(db, entry_id, "点保存。", clock())


@pytest.mark.parametrize("answer", ["坏\x00了", "半个\ud83d字"])
def test_a_text_that_a_database_cannot_keep_is_refused(db: Database, clock: FixedClock, answer: str) -> None:
    with pytest.raises(ValueError, match="half a character"), db.write() as session:
        entries.save_draft(session, "faq-save", content(answer), "0" * 12, author=AUTHOR, now=clock())


def test_a_backslash_before_u0000_is_only_text(db: Database, clock: FixedClock) -> None:
    assert save(db, "faq-save", r"写成 \u0000 即可", clock()).content["answer"] == r"写成 \u0000 即可"


def test_a_fingerprint_of_another_form_is_refused(db: Database, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="12 hex digits"), db.write() as session:
        entries.save_draft(session, "faq-save", content(), "xyz", author=AUTHOR, now=clock())


# -- approval ------------------------------------------------------------------------------------


def test_a_second_person_puts_it_in_force(db: Database, clock: FixedClock) -> None:
    approved = put_in_force(db, "faq-save", "点保存。", clock())

    with db.read() as session:
        assert tuple(each.content for each in entries.in_force(session)) == (content("点保存。"),)
        assert {each.entry_id: each.fingerprint for each in entries.in_force(session)} == {
            "faq-save": approved.fingerprint
        }
        assert entries.live_version(session, "faq-save") == approved
    assert (approved.state, approved.reviewer, approved.decided_at) == ("approved", REVIEWER, clock())


def test_the_author_does_not_approve_unless_the_team_is_one_person(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())

    with pytest.raises(NotAllowed, match="somebody else"), db.write() as session:
        entries.approve(session, "faq-save", 1, by=AUTHOR, now=clock())
    with db.write() as session:
        assert entries.approve(session, "faq-save", 1, by=AUTHOR, four_eyes=False, now=clock()).state == "approved"


def test_only_what_was_submitted_is_decided_about(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())

    with pytest.raises(IllegalMove, match="version 1 is draft, not submitted"), db.write() as session:
        entries.approve(session, "faq-save", 1, by=REVIEWER, now=clock())
    with pytest.raises(IllegalMove), db.write() as session:
        entries.reject(session, "faq-save", 1, by=REVIEWER, comment="太短", now=clock())


def test_a_new_approved_version_supersedes_the_old_one(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    put_in_force(db, "faq-save", "点【保存】。", clock())

    with db.read() as session:
        assert [version.state for version in entries.versions(session, "faq-save")] == ["superseded", "approved"]
        assert tuple(each.content for each in entries.in_force(session)) == (content("点【保存】。"),)


def test_a_version_under_review_does_not_touch_what_is_in_force(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    save(db, "faq-save", "点【保存】。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 2, by=AUTHOR, now=clock())

    with db.read() as session:
        assert tuple(each.content for each in entries.in_force(session)) == (content("点保存。"),)
        assert [version.number for version in entries.waiting(session)] == [2]


def test_submitting_a_later_version_takes_the_earlier_one_back(db: Database, clock: FixedClock) -> None:
    first = save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())
    save(db, "faq-save", "点【保存】。", clock(), author=OTHER, base=first.fingerprint)
    with db.write() as session:
        entries.submit(session, "faq-save", 2, by=OTHER, now=clock())

    with db.read() as session:
        assert [version.state for version in entries.versions(session, "faq-save")] == ["superseded", "submitted"]


def test_a_rejection_says_why_and_leaves_what_is_in_force(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    save(db, "faq-save", "随便。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 2, by=AUTHOR, now=clock())
    with pytest.raises(ValueError, match="needs a comment"), db.write() as session:
        entries.reject(session, "faq-save", 2, by=REVIEWER, comment=" ", now=clock())

    with db.write() as session:
        rejected = entries.reject(session, "faq-save", 2, by=REVIEWER, comment="没有依据", now=clock())

    assert (rejected.state, rejected.comment, rejected.reviewer) == ("rejected", "没有依据", REVIEWER)
    with db.read() as session:
        assert tuple(each.content for each in entries.in_force(session)) == (content("点保存。"),)


# -- retiring, owner, review ---------------------------------------------------------------------


def test_a_retired_entry_is_not_in_force_until_restored(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.retire(session, "faq-save", by=REVIEWER, reason="功能已下线", now=clock())
    with db.read() as session:
        assert tuple(each.content for each in entries.in_force(session)) == ()
        assert entries.live_version(session, "faq-save") is None

    with db.write() as session:
        assert entries.restore(session, "faq-save", by=REVIEWER, now=clock()).in_force
    with db.read() as session:
        assert tuple(each.content for each in entries.in_force(session)) == (content("点保存。"),)


def test_nothing_of_a_retired_entry_is_submitted_or_approved(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())
        entries.retire(session, "faq-save", by=REVIEWER, reason="重复", now=clock())

    with pytest.raises(IllegalMove, match="restore it first"), db.write() as session:
        entries.approve(session, "faq-save", 1, by=REVIEWER, now=clock())
    with db.read() as session:
        assert entries.waiting(session) == ()


def test_the_next_review_is_due_in_90_days_or_when_the_content_says(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    with db.read() as session:
        assert entries.get(session, "faq-save").review_on == TODAY + timedelta(days=90)

    for entry_id, review, expected in (
        ("faq-a", "2027-06-30", date(2027, 6, 30)),
        ("faq-b", "2026-11-23", TODAY + timedelta(days=90)),
        ("faq-c", "明年", TODAY + timedelta(days=90)),
    ):
        said = content(review=review)
        with db.write() as session:
            entries.save_draft(session, entry_id, said, fingerprint(said), author=AUTHOR, now=clock())
            entries.submit(session, entry_id, 1, by=AUTHOR, now=clock())
            entries.approve(session, entry_id, 1, by=REVIEWER, now=clock())
            assert entries.get(session, entry_id).review_on == expected


def test_a_review_is_postponed_to_a_day_to_come(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())

    with pytest.raises(ValueError, match="after today"), db.write() as session:
        entries.postpone_review(session, "faq-save", TODAY, by=AUTHOR, now=clock())
    with db.write() as session:
        until = TODAY + timedelta(days=200)
        assert entries.postpone_review(session, "faq-save", until, by=AUTHOR, now=clock()).review_on == until


def test_the_owner_is_the_contents_until_somebody_sets_another(db: Database, clock: FixedClock) -> None:
    said = content(owner="产品部")
    with db.write() as session:
        entries.save_draft(session, "faq-save", said, fingerprint(said), author=AUTHOR, now=clock())
        assert entries.get(session, "faq-save").owner == "产品部"
        assert entries.set_owner(session, "faq-save", "客服部", by=AUTHOR, now=clock()).owner == "客服部"


def test_every_change_is_in_the_audit_trail_and_none_without_its_change(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.set_owner(session, "faq-save", "客服部", by=AUTHOR, now=clock())
        entries.postpone_review(session, "faq-save", date(2027, 5, 1), by=AUTHOR, now=clock())
        for _ in range(2):  # the second time there is nothing to do
            entries.retire(session, "faq-save", by=REVIEWER, reason="下线", now=clock())
        entries.restore(session, "faq-save", by=REVIEWER, now=clock())
    with pytest.raises(NotFound), db.write() as session:
        entries.retire(session, "faq-none", by=REVIEWER, reason="下线", now=clock())

    with db.read() as session:
        lines = audit.listing(session, subject="entry:faq-save")
        assert audit.listing(session, subject="entry:faq-none") == ()
    assert [(line.action, line.actor) for line in reversed(lines)] == [
        ("entry.saved", AUTHOR),
        ("entry.submitted", AUTHOR),
        ("entry.approved", REVIEWER),
        ("entry.owner_set", AUTHOR),
        ("entry.review_postponed", AUTHOR),
        ("entry.retired", REVIEWER),
        ("entry.restored", REVIEWER),
    ]
    assert lines[1].detail == {"reason": "下线"}


# -- finding -------------------------------------------------------------------------------------


def test_entries_are_found_by_state_type_topic_text_origin_and_overdue_review(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-live", "点保存。", clock())
    save(db, "faq-draft", "百分之100%靠谱", clock(), origin="ticket")
    other = content("装好再说。", type="howto", topic="install_deploy", similar=["怎么装", "安裝步驟"], code="ERR_7")
    with db.write() as session:
        entries.save_draft(session, "how-install", other, fingerprint(other), author=AUTHOR, now=clock())
        entries.submit(session, "how-install", 1, by=AUTHOR, now=clock())
    put_in_force(db, "faq-old", "旧。", clock())
    with db.write() as session:
        entries.retire(session, "faq-old", by=REVIEWER, reason="旧", now=clock())

    def ids(**where: object) -> list[str]:
        with db.read() as session:
            found = [record.entry_id for record in entries.listing(session, Filter(**where))]  # type: ignore[arg-type]
            assert entries.count(session, Filter(**where)) == len(found)  # type: ignore[arg-type]
            return found

    assert ids() == ["faq-draft", "faq-live", "how-install"]
    assert ids(state="live") == ["faq-live"]
    assert ids(state="draft") == ["faq-draft"]
    assert ids(state="submitted") == ids(type="howto") == ids(topic="install_deploy") == ["how-install"]
    assert ids(state="retired") == ["faq-old"]
    assert ids(origin="ticket") == ["faq-draft"]
    assert ids(text="安裝步驟") == ids(text="err_7") == ids(text="HOW-IN") == ["how-install"]
    assert ids(text="100%靠") == ["faq-draft"]
    assert ids(text="靠%谱") == []
    assert ids(overdue_on=TODAY + timedelta(days=91)) == ["faq-live"]
    assert ids(overdue_on=TODAY + timedelta(days=90)) == []


def test_pages_of_a_listing_hold_every_entry_once(db: Database, clock: FixedClock) -> None:
    for number in range(5):
        save(db, f"faq-{number}", f"第 {number} 个", clock())

    with db.read() as session:
        pages = [entries.listing(session, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [record.entry_id for page in pages for record in page] == [f"faq-{number}" for number in range(5)]


def test_what_is_in_force_comes_in_the_order_of_the_ids_on_every_database(db: Database, clock: FixedClock) -> None:
    for entry_id in ("b.1", "a_2", "a-2", "a2", "a.2"):
        put_in_force(db, entry_id, "点保存。", clock())

    with db.read() as session:
        in_force = entries.in_force(session)
        assert [each.entry_id for each in in_force] == ["a-2", "a.2", "a2", "a_2", "b.1"]
        assert list({each.entry_id: each.fingerprint for each in entries.in_force(session)}) == [
            each.entry_id for each in in_force
        ]


def test_what_was_in_force_at_a_moment_is_known_later(db: Database, clock: FixedClock) -> None:
    put_in_force(db, "faq-save", "第一版", clock())
    published = clock.advance(timedelta(hours=1))
    put_in_force(db, "faq-save", "第二版", clock.advance(timedelta(hours=1)))

    with db.read() as session:
        before = entries.in_force_at(session, "faq-save", published)
        after = entries.in_force_at(session, "faq-save", clock())
        assert entries.in_force_at(session, "faq-save", published - timedelta(days=1)) is None
    assert before is not None
    assert after is not None
    assert (before.content["answer"], after.content["answer"]) == ("第一版", "第二版")


def test_an_unknown_entry_or_version_is_not_found(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())
    with db.read() as session:
        for look in (entries.get, entries.versions):
            with pytest.raises(NotFound):
                look(session, "faq-none")
        with pytest.raises(NotFound, match="no version 2"):
            entries.version(session, "faq-save", 2)
