"""Which tests belong to which Python: those of the engine run in 3.10, from their own folder."""

from __future__ import annotations

import sys

collect_ignore_glob = (
    ["engine/*"]
    if sys.version_info >= (3, 11)
    else ["unit/*", "integration/*", "contract/*", "e2e/*", "conversations/*"]
)

if sys.version_info >= (3, 11):
    from hypothesis import settings

    # A machine that is busy with something else is no fault of the code; speed is measured in evaluation/.
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")
