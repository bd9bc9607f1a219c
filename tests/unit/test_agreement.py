"""What is named in one place exists in the other."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from actions.app import _executor
from actions.knowledge import FakeKnowledge
from gateway.wording import Wording

ROOT = Path(__file__).parents[2]


def domain() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in (ROOT / "bot" / "domain").glob("*.yml"):
        merged.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return merged


def rules() -> list[dict[str, Any]]:
    files = (ROOT / "nlu_data" / "rules").glob("*.yml")
    return [rule for path in files for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]]


def intents_with_examples() -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for path in (ROOT / "nlu_data" / "intents").glob("*.yml"):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            counts[intent["intent"]] += len(intent["examples"].splitlines())
    return counts


def test_every_action_of_the_domain_is_served() -> None:
    served = set(_executor(FakeKnowledge()).actions)

    assert set(domain()["actions"]) == served


def test_every_action_and_response_of_the_rules_exists() -> None:
    known = {*domain()["actions"], *domain()["responses"], *domain()["forms"], "action_deactivate_loop"}
    used = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}

    assert used <= known


def test_every_intent_with_examples_is_in_the_domain_and_has_a_rule() -> None:
    named = {next(iter(intent)) for intent in domain()["intents"]}
    ruled = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step}

    assert set(intents_with_examples()) <= named
    assert set(intents_with_examples()) <= ruled


def test_there_are_enough_intents_and_examples() -> None:
    counts = intents_with_examples()

    assert len(counts) >= 55
    assert [name for name, count in counts.items() if count < 35] == []


def test_every_wording_the_gateway_names_exists() -> None:
    keys = set(Wording.load().keys())
    named = set()
    for path in (ROOT / "gateway").rglob("*.py"):
        named |= set(re.findall(r'\.text\(\s*"([a-z_]+\.[a-z_.A-Z0-9]+)"', path.read_text(encoding="utf-8")))

    assert named - keys == set()


def test_no_wording_for_customers_stands_in_python() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]{6,}")
    found = []
    for package in ("gateway", "actions", "bot"):
        for path in (ROOT / package).rglob("*.py"):
            if "fake" in path.name or path.parent.name in ("tools", "accounts", "fakes"):
                continue  # tools and the reading of sheets speak to the operator, as the command line does
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                code = line.split("#")[0]
                quoted = re.findall(r'"([^"]*)"', code) if '"""' not in code else []
                found += [f"{path.relative_to(ROOT)}:{number}" for text in quoted if chinese.search(text)]

    assert [place for place in found if not place.startswith(_PATTERNS)] == []


# Patterns that recognise what people write, hints for the operator in logs and examples in the OpenAPI document are not
# customers' wording.
_PATTERNS = (
    "gateway/api/bodies.py",
    "gateway/api/views.py",
    "gateway/care/appointments.py",
    "gateway/turns/choices.py",
    "gateway/channels/wechat/wire/",
    "gateway/channels/wechat/calls/token_file.py",
    "gateway/channels/wechat/channel.py",
    "gateway/channels/wechat/delivering/delivery.py",
    "gateway/channels/wechat/delivering/media.py",
    "gateway/channels/wechat/errors.py",
    "gateway/channels/wechat/routes.py",
    "gateway/channels/wechat/settings.py",
)
