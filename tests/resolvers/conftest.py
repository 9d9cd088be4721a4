"""What tests of the verbs share."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest


class _Kept(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record.getMessage())


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Counts the statements that Tortoise sends: `with statements() as sent: …`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        logger, sent = logging.getLogger("tortoise.db_client"), []
        handler, level = _Kept(sent), logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        try:
            yield sent
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
        assert sent, "no statement was seen: Tortoise logs elsewhere"

    return counting
