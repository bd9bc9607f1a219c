from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.incidents import IncidentRules
from desk.routing.rules import RoutingRules
from gateway.notifications.routes import TARGETS, Quiet, Routes
from gateway.rules import ServiceRules
from gongda.errors import BadSetting
from gongda.policy import load_policy

SHIPPED = Path(__file__).parents[3] / "support.toml"


def load(folder: Path, text: str) -> ServiceRules:
    path = folder / "support.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path).service


def test_the_shipped_file_says_what_the_program_assumes() -> None:
    service = load_policy(SHIPPED).service

    assert service == ServiceRules(routes=Routes.default(TARGETS))


def test_an_empty_file_leaves_everything_as_shipped(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ServiceRules(routes=Routes.default(TARGETS))


def test_targets_are_for_the_operator_to_say(tmp_path: Path) -> None:
    sla = load(
        tmp_path,
        """
[sla]
warn = 0.5
plan = "3d"
around_the_clock = ["P1", "P2"]
[sla.first_response]
P1 = "5m"
[sla.breach]
P4 = "40h"
[sla.by_category.crash]
P1 = "2h"
""",
    ).sla

    assert (sla.first_response["P1"], sla.first_response["P2"]) == (300, 3600)
    assert (sla.warn, sla.plan, sla.around_the_clock) == (0.5, 3 * 86400, {"P1", "P2"})
    assert sla.target("resolution", "P1", "crash").seconds == 7200
    assert sla.target("resolution", "P1", "data_loss").seconds == 4 * 3600
    assert sla.target("resolution", "P4", "howto").breach == 40 * 3600


def test_a_table_of_skills_replaces_the_shipped_one(tmp_path: Path) -> None:
    rules = load(
        tmp_path, '[routing.by_module]\n"预算编制" = "造价"\n[routing.by_word]\n"驻场" = ["上门", "到现场"]\n'
    ).routing

    assert rules.by_module == {"预算编制": "造价"}
    assert rules.by_word == {"驻场": ("上门", "到现场")}
    assert rules.by_category == RoutingRules().by_category


def test_the_care_of_tickets_is_for_the_operator_to_say(tmp_path: Path) -> None:
    service = load(
        tmp_path,
        '[desk]\nqueue_timeout = "10m"\nclose_after_days = 0\nsolved_after = "2d"\nask_from = 10\nask_until = 18\n'
        'low_score = 1\nmorning_report = "07:45"\n',
    )

    assert service.queue.time_out == timedelta(minutes=10)
    assert service.care.close_after_days == 0
    assert (service.asks.solved_after, service.asks.from_hour, service.asks.until_hour) == (timedelta(days=2), 10, 18)
    assert service.asks.low_score == 1
    assert service.morning.at == time(7, 45)


def test_incidents_and_notices_are_for_the_operator_to_say(tmp_path: Path) -> None:
    service = load(
        tmp_path,
        '[incidents]\nwindow = "1h"\ncontacts = 5\n[notify]\nquiet = "22:00-07:30"\nlow_score = []\n'
        'p1_opened = ["wecom", "email"]\n',
    )

    assert service.incidents == IncidentRules(window=timedelta(hours=1), contacts=5)
    assert service.routes.quiet == Quiet(time(22), time(7, 30), ZoneInfo("Asia/Shanghai"))
    assert service.routes.by_event["low_score"] == ()
    assert service.routes.by_event["p1_opened"] == ("wecom", "email")
    assert service.routes.by_event["queued"] == TARGETS


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[hours]\nmonday = []", 1, "没有任何上班时间"),
        ('[hours]\nconfirmed = ["2027"]', 2, "[2027]"),
        ('[sla.first_response]\nP1 = "15"', 2, "15m"),
        ('[sla.first_response]\nP1 = "10s"', 2, "1m 到"),
        ('[sla.resolution]\nP5 = "4h"', 2, "P1、P2、P3、P4"),
        ("[sla]\nwarn = 80", 2, "0.05 到 0.99"),
        ('[sla]\naround_the_clock = ["P9"]', 2, "P9"),
        ("sla = 3", 1, "[sla]"),
        ("[sla]\nfirst_response = 15", 2, "[sla.first_response]"),
        ('[sla.by_category.crashes]\nP1 = "1h"', 1, "crashes"),
        ('[routing]\npresence = "yes"', 2, "true 或 false"),
        ('[routing.by_category]\nspeed = "系统运维"', 2, "speed"),
        ('[routing.by_module]\n"BIM模型" = 3', 2, "技能"),
        ('[routing.by_word]\n"移动端" = "手机"', 2, "列表"),
        ("[desk]\nclose_after_days = -1", 2, "0 到 365"),
        ("[desk]\nask_from = 20\nask_until = 9", 2, "早于"),
        ('[desk]\nmorning_report = "8:30"', 2, "08:30"),
        ("[incidents]\ncontacts = 1", 2, "2 到 100"),
        ('[notify]\nsla_warned = ["weixin"]', 2, "wecom、dingtalk、feishu、email"),
        ('[notify]\nquiet = "22-7"', 2, "22:00-07:30"),
        ("[notify]\nsla_warning = []", 2, "不认识的项"),
    ],
)
def test_what_cannot_be_is_named_with_its_line_and_the_remedy(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(BadSetting) as error:
        load(tmp_path, text + "\n")

    assert f"第 {line} 行" in str(error.value)
    assert says in str(error.value)


def test_the_same_item_of_another_section_is_not_taken_for_the_wrong_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="第 5 行"):
        load(tmp_path, '[sla.first_response]\nP1 = "15m"\n\n[sla.resolution]\nP1 = "soon"\n')


def test_an_evening_lasts_until_midnight(tmp_path: Path) -> None:
    (tmp_path / "support.toml").write_text('[hours]\nmonday = ["18:00-24:00"]\n', encoding="utf-8")

    hours = load_policy(tmp_path / "support.toml").hours

    assert hours.is_working(datetime(2026, 11, 23, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert not hours.is_working(datetime(2026, 11, 24, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
