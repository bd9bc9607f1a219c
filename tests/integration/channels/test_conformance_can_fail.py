from __future__ import annotations

import inspect

import pytest

from tests.integration.channels import checks
from tests.integration.channels.example_harness import example
from tests.integration.channels.faults import FAULTS, PICKED, Check, Fault
from tests.integration.channels.stage import Stage


def bare(check: Check) -> object:
    return getattr(check, "func", check)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_channel_with_a_fault_does_not_pass(fault: Fault, stage: Stage) -> None:
    async with fault.harness(stage) as spoiled:
        with pytest.raises(AssertionError):
            await fault.check(spoiled)


@pytest.mark.parametrize("check", dict.fromkeys(fault.check for fault in FAULTS.values()))
async def test_the_same_channel_without_a_fault_passes(check: Check, stage: Stage) -> None:
    async with example(stage) as healthy:
        await check(healthy)


def test_every_check_has_a_fault_that_it_catches() -> None:
    public = {
        check for name, check in inspect.getmembers(checks, inspect.iscoroutinefunction) if not name.startswith("_")
    }
    assert PICKED.func in public
    assert {bare(fault.check) for fault in FAULTS.values()} == public
