"""Work that other processes can import."""


class TwoWordsError(Exception):
    """One that cannot be built again from its text."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def fail(job: str) -> None:
    """Raise it, with a note."""
    failure = TwoWordsError(job, "more")
    failure.add_note("in a test")
    raise failure
