"""The same write asked for twice is done once."""

import threading
from itertools import count

import pytest
from django.db import connection

from accounts.errors import Invalid
from accounts.models import Receipt
from accounts.receipts import once
from tests.cast import Cast, make_cast


def test_the_same_key_gives_the_same_result_and_one_change(cast: Cast) -> None:
    results = count(7)
    write = lambda: next(results)  # noqa: E731
    assert once(actor=cast.attorney, key="k", what="w", write=write) == 7
    assert once(actor=cast.attorney, key="k", what="w", write=write) == 7
    assert once(actor=cast.paralegal, key="k", what="w", write=write) == 8, "a key is one person's"
    assert once(actor=cast.attorney, key=None, what="w", write=write) == 9
    with pytest.raises(Invalid):
        once(actor=cast.attorney, key="k", what="something else", write=write)


def test_a_write_that_failed_can_be_asked_for_again(cast: Cast) -> None:
    def fail() -> int:
        raise Invalid({"": "no"})

    with pytest.raises(Invalid):
        once(actor=cast.attorney, key="k", what="w", write=fail)
    assert once(actor=cast.attorney, key="k", what="w", write=lambda: 3) == 3


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_change() -> None:
    cast = make_cast()
    results, found = count(1), []

    def click() -> None:
        try:
            found.append(once(actor=cast.attorney, key="k", what="w", write=lambda: next(results)))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 6
    assert Receipt.objects.count() == 1
