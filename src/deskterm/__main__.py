"""`python -m deskterm`."""

from deskterm.cli import main

main()
