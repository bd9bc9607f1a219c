from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from desk.calendar import Interval
from gongda.errors import BadSetting
from gongda.policy import load_policy
from gongda.product.model import ContactLine, Product
from gongda.product.policy_file import rewritten, write
from gongda.settings import ROOT

NOBODY = Product(name="")
PHONE = ContactLine("电话", "400-616-0188", "售后", "400-616-0188")
SITE = ContactLine("网址", "luan.example", "", "luan.example")
LUAN = Product(name="路安养护云", contacts=(PHONE, SITE), hours={"monday": ("09:00-12:00",), "sunday": ()})


@pytest.fixture
def support(tmp_path: Path) -> Path:
    return Path(shutil.copyfile(ROOT / "support.toml", tmp_path / "support.toml"))


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_contacts_and_hours_are_written_and_every_comment_stays(support: Path) -> None:
    before = support.read_text(encoding="utf-8")

    write(support, rewritten(support, NOBODY, LUAN))

    policy = load_policy(support)
    assert policy.contacts.values == {"400-616-0188", "luan.example"}
    assert [f"{span.start:%H:%M}" for span in policy.hours.week[0]] == ["09:00"]
    assert isinstance(policy.hours.week[1][0], Interval)
    assert policy.hours.week[6] == ()
    assert comments(support.read_text(encoding="utf-8")) == comments(before)
    assert policy.hours.holidays == load_policy(ROOT / "support.toml").hours.holidays


def test_a_changed_sheet_changes_its_own_contacts_and_leaves_the_operators(support: Path) -> None:
    write(support, rewritten(support, NOBODY, LUAN))
    own = support.read_text(encoding="utf-8").replace('"luan.example"', '"luan.example", "partner.example"')
    support.write_text(own, encoding="utf-8")

    write(support, rewritten(support, LUAN, replace(LUAN, contacts=(SITE,))))

    assert load_policy(support).contacts.values == {"luan.example", "partner.example"}


def test_the_same_sheet_again_changes_no_byte(support: Path) -> None:
    write(support, rewritten(support, NOBODY, LUAN))

    assert rewritten(support, LUAN, LUAN) == support.read_text(encoding="utf-8")


def test_a_sheet_without_hours_leaves_the_hours(support: Path) -> None:
    before = support.read_text(encoding="utf-8")

    assert rewritten(support, NOBODY, Product(name="路安养护云")) == before


def test_a_missing_file_is_begun_and_a_wrong_one_is_not_touched(tmp_path: Path) -> None:
    support = tmp_path / "support.toml"
    write(support, rewritten(support, NOBODY, LUAN))
    assert load_policy(support).contacts.values == {"400-616-0188", "luan.example"}

    support.write_text('[hours]\nmonday = ["8点"]\n', encoding="utf-8")
    with pytest.raises(BadSetting, match="monday"):
        rewritten(support, NOBODY, LUAN)
