"""`python -m virtuales` is `virtuales`."""

from virtuales.cli import main

main()
