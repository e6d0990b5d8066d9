<<<<<<< HEAD
"""``python -m server`` and the ``presente`` command."""

from server.cli import main
=======
"""The command line of the server: `presente serve`, and what an operator needs besides."""

import argparse


def main(argv: list[str] | None = None) -> int:
    """Run the command that the operator asked for; answer with the exit code of the process."""
    parser = argparse.ArgumentParser(prog="presente")
    parser.parse_known_args(argv)
    parser.print_help()
    return 0

>>>>>>> tools

if __name__ == "__main__":
    raise SystemExit(main())
