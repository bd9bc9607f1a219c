"""`python -m gongda`."""

from gongda.cli import main

main()
