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

    # A machine that is busy with something else is no fault of the code; speed is measured in evaluation/. The same
    # examples each time, so that a change is judged by itself; `make campaign` looks for new ones.
    settings.register_profile("steady", deadline=None, derandomize=True)
    settings.register_profile("roaming", deadline=None, print_blob=True)
    settings.load_profile("steady")
