"""`rasa data validate` on everything that is trained on, with no warning that is not accounted for."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator

ROOT = Path(__file__).parents[2]
# Without examples: set by a component, and those of a vendor's own product. Rasa expects none for out_of_scope.
SET_BY_COMPONENTS = {"choose_entry", "product_question"}


@pytest.fixture(scope="module")
def validator() -> Validator:
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "bot" / "domain"), [str(ROOT / "nlu_data")]
    )
    return Validator.from_importer(importer)


def complaints(check: Callable[[], bool]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        passed = check()
    said = [str(each.message) for each in caught if issubclass(each.category, UserWarning)]
    return said if said or passed else [f"{check} failed"]


def said_by_actions() -> set[str]:
    """Responses that the action server says, and those that a form finds by their name."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    return set(re.findall(r'"(utter_\w+)"', code)) | {"utter_ask_phenomenon", "utter_ask_phone"}


def test_the_domain_is_no_empty_one(validator: Validator) -> None:
    assert validator.verify_domain_validity()
    assert validator.intents.intent_examples


def test_every_intent_has_examples_and_a_rule(validator: Validator) -> None:
    named = {re.findall(r"'(\w+)'", each)[0] for each in complaints(lambda: validator.verify_intents_in_stories(False))}

    assert named == SET_BY_COMPONENTS


def test_no_example_belongs_to_two_intents(validator: Validator) -> None:
    assert complaints(lambda: validator.verify_example_repetition_in_intents(False)) == []


def test_every_response_is_said_by_a_rule_or_an_action(validator: Validator) -> None:
    named = {
        re.findall(r"'(utter_\w+)'", each)[0]
        for each in complaints(lambda: validator.verify_utterances_in_stories(False))
    }

    assert named <= said_by_actions()
    assert said_by_actions() <= set(validator.domain.responses)


@pytest.mark.parametrize(
    "check",
    ["verify_actions_in_stories_rules", "verify_forms_in_stories_rules", "verify_form_slots", "verify_slot_mappings"],
)
def test_actions_forms_and_slots_fit_together(validator: Validator, check: str) -> None:
    assert complaints(getattr(validator, check)) == []


def test_no_rule_contradicts_another(validator: Validator) -> None:
    assert complaints(lambda: validator.verify_story_structure(False)) == []


def test_the_configuration_is_complete(validator: Validator) -> None:
    assert complaints(lambda: validator.warn_if_config_mandatory_keys_are_not_set() is None) == []
