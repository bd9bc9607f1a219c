import json
import logging

import pytest

from gongda.logs import JsonFormatter, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打 13812345678 给我", "打 138****5678 给我"),
        ("POST /webhook?token=abc.def-123&x=1", "POST /webhook?token=***&x=1"),
        ("身份证 110101199003077758", "身份证 ***"),
        ("工单 GD-20261122-0042-7", "工单 GD-20261122-0042-7"),
    ],
)
def test_phones_tokens_and_identity_numbers_are_masked_and_ticket_numbers_are_not(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_line_is_json_with_the_process_and_the_masked_message() -> None:
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, "回电 %s", ("13812345678",), None)

    line = json.loads(JsonFormatter("gateway").format(record))

    assert line["process"] == "gateway"
    assert line["level"] == "warning"
    assert line["message"] == "回电 138****5678"
