"""`lejek` and `python -m lejek`: the command line of `app.cli`."""


def main() -> None:
    """Run the command line; its exit code is the process's."""
    from app.cli import main as run  # found only once lejek/__init__.py has put the rooms on the path

    run()


if __name__ == "__main__":
    main()
