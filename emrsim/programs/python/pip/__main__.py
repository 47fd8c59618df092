"""`python3 -m pip`."""

from pip import main

main()
