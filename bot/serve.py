"""`python -m bot.serve run …`: Rasa's own command line, with the check of action answers compiled first."""

from __future__ import annotations

from rasa.__main__ import main as rasa

from bot.action_schema import compile_action_schema


def main() -> None:
    """Everything after the module's name goes to Rasa."""
    compile_action_schema()
    rasa()


if __name__ == "__main__":
    main()
