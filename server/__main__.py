"""``python -m server`` and the ``presente`` command."""

from server.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
