import io

from rich.console import Console

from gongda.commands.knowledge.progress import progress


def shown(terminal, *moments):
    out = io.StringIO()
    times = iter([0.0, *moments])
    with progress(Console(file=out, force_terminal=terminal, width=100), lambda: next(times)) as told:
        for done, _ in enumerate(moments):
            told("rows", done, len(moments))
    return out.getvalue()


def test_a_long_build_shows_what_it_is_at():
    assert "读问法" in shown(True, 0.5, 2.5, 3.0)


def test_a_short_build_and_one_that_nobody_watches_show_nothing():
    assert shown(True, 0.5, 1.0, 1.9) == ""
    assert "读问法" not in shown(False, 0.5, 2.5, 3.0)
