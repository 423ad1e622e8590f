"""Work in threads: as if done one after the other."""

from __future__ import annotations

import pytest

from countylines.rank.threads import in_threads


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
def test_results_come_in_order_and_errors_are_raised(workers: int) -> None:
    assert list(in_threads(abs, range(-20, 5), workers)) == [abs(i) for i in range(-20, 5)]
    assert list(in_threads(abs, [], workers)) == []

    def fail(i: int) -> float:
        return 1 / (i - 3)

    with pytest.raises(ZeroDivisionError):
        list(in_threads(fail, range(5), workers))


def test_nothing_is_done_long_before_it_is_taken() -> None:
    begun: list[int] = []
    results = in_threads(begun.append, range(100), 2)
    next(results)
    assert len(begun) <= 5
    results.close()  # type: ignore[attr-defined]
