from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gongda.errors import BadSetting
from gongda.policy import load_policy

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
