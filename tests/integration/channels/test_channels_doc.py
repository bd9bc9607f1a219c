from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
DOC = HERE.parents[2] / "docs" / "channels.md"


def test_the_worked_example_of_the_documentation_is_the_one_that_passes_the_suite() -> None:
    example = (HERE / "example.py").read_text(encoding="utf-8").strip()

    assert f"```python\n{example}\n```" in DOC.read_text(encoding="utf-8")
