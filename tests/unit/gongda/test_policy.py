from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gongda.errors import BadSetting
from gongda.policy import KnowledgeRules, load_policy
from retrieval.asking.decision import Risk
from zhtext.contacts import AllowList, find_contacts, strangers

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).parents[3] / "support.toml"


def write(folder: Path, text: str) -> Path:
    path = folder / "support.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_policy_is_valid_and_closed_on_a_sunday() -> None:
    hours = load_policy(SHIPPED).hours

    assert not hours.is_working(datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI))
    assert hours.is_working(datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("at", "working"),
    [
        (datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI), False),  # National Day, a Thursday
        (datetime(2026, 10, 10, 10, 0, tzinfo=SHANGHAI), True),  # a make-up Saturday
        (datetime(2026, 2, 14, 10, 0, tzinfo=SHANGHAI), True),  # a make-up Saturday before Spring Festival
        (datetime(2026, 2, 16, 10, 0, tzinfo=SHANGHAI), False),  # Spring Festival, a Monday
        (datetime(2026, 11, 23, 12, 30, tzinfo=SHANGHAI), False),  # lunch
    ],
)
def test_holidays_make_up_days_and_lunch_are_as_announced(at: datetime, working: bool) -> None:
    assert load_policy(SHIPPED).hours.is_working(at) is working


def test_without_a_file_the_defaults_count(tmp_path: Path) -> None:
    hours = load_policy(tmp_path / "absent.toml").hours

    assert hours.is_working(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))


def test_every_mistake_is_listed_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[hours]\ntimezone = "Asia/Shanghia"\nmonday = ["8:30-12:00"]\ntuesday = ["12:00-08:30"]\n'
        'holidays = ["2026-10-01"]\nfunday = []\n',
    )

    with pytest.raises(BadSetting) as error:
        load_policy(path)

    message = str(error.value)
    for line in ("第 2 行", "第 3 行", "第 4 行", "第 5 行", "第 6 行"):
        assert line in message
    assert "5 处错误" in message


def test_broken_toml_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="line 2"):
        load_policy(write(tmp_path, "[hours]\nmonday = [08:30]\n"))


def test_dates_become_dates(tmp_path: Path) -> None:
    hours = load_policy(write(tmp_path, "[hours]\nholidays = [2026-10-01]\n")).hours

    assert hours.holidays == {date(2026, 10, 1)}


def test_the_shipped_policy_lists_no_contacts_and_wants_a_second_person() -> None:
    policy = load_policy(SHIPPED)

    assert policy.contacts == AllowList()
    assert policy.knowledge == KnowledgeRules(four_eyes=True, review_days=90)


def test_the_listed_contacts_are_the_only_ones_that_may_be_named(tmp_path: Path) -> None:
    contacts = load_policy(write(tmp_path, '[contacts]\nallow = ["400-123-4567", "a.example.cn"]\n')).contacts

    assert strangers("热线 4001234567，网址 www.b.cn", contacts) == find_contacts("热线 4001234567，网址 www.b.cn")[1:]


def test_the_shipped_policy_accepts_the_risk_that_the_program_assumes() -> None:
    assert load_policy(SHIPPED).knowledge.risk == Risk() == Risk(wrong=0.05, refused=0.08, unanswerable=0.2)


def test_how_sure_an_answer_has_to_be_is_for_the_operator_to_say(tmp_path: Path) -> None:
    path = write(tmp_path, "[knowledge]\nwrong = 0.02\nrefused = 0\nunanswerable = 0.35\n")

    assert load_policy(path).knowledge.risk == Risk(0.02, 0.0, 0.35)


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("wrong = 5", "0.005 到 0.5"),
        ("wrong = 0.004", "0.005 到 0.5"),
        ('wrong = "5%"', "0.005 到 0.5"),
        ("wrong = nan", "0.005 到 0.5"),
        ("refused = -0.01", "0 到 0.5"),
        ("refused = 0.51", "0 到 0.5"),
        ("refused = true", "0 到 0.5"),
        ("unanswerable = 0", "0.01 到 0.9"),
        ("unanswerable = 0.95", "0.01 到 0.9"),
    ],
)
def test_a_share_that_cannot_be_is_named_with_its_limits_and_how_to_write_it(
    tmp_path: Path, line: str, limits: str
) -> None:
    with pytest.raises(BadSetting, match=f"第 2 行：{line.split()[0]}.*{limits}.*不是 .*百分之五写成 0.05"):
        load_policy(write(tmp_path, f"[knowledge]\n{line}\n"))


def test_a_team_of_one_approves_its_own_entries(tmp_path: Path) -> None:
    path = write(tmp_path, "[knowledge]\nfour_eyes = false\nreview_days = 30\n")

    assert load_policy(path).knowledge == KnowledgeRules(four_eyes=False, review_days=30)


def test_mistakes_in_contacts_and_knowledge_are_listed_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[contacts]\nallow = [\n  "400-123-4567",\n  "com.cn",\n  12345678,\n]\nallowed = []\n'
        '[knowledge]\nfour_eyes = "yes"\nreview_days = 0\n[contact]\nallow = []\n',
    )

    with pytest.raises(BadSetting) as error:
        load_policy(path)

    message = str(error.value)
    for line in ("第 4 行", "第 5 行", "第 7 行", "第 9 行", "第 10 行", "第 11 行"):
        assert line in message
    assert "6 处错误" in message


@pytest.mark.parametrize("section", ["hours", "contacts", "knowledge"])
def test_a_section_that_is_no_section_is_a_mistake(tmp_path: Path, section: str) -> None:
    with pytest.raises(BadSetting, match=rf"第 1 行.*\[{section}\]"):
        load_policy(write(tmp_path, f"{section} = 3\n"))


def test_a_list_that_is_no_list_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"第 2 行.*列表"):
        load_policy(write(tmp_path, '[contacts]\nallow = "400-123-4567"\n'))
