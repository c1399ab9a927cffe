"""`python -m eupnea` is the `eupnea` command."""

from __future__ import annotations

from eupnea.cli import main

if __name__ == "__main__":
    main()
