from __future__ import annotations

import threading
import time

from desk.fair_lock import FairLock


def waiting(lock: FairLock, number: int) -> None:
    """Until so many wait."""
    deadline = time.monotonic() + 5
    while len(lock._waiting) < number and time.monotonic() < deadline:
        time.sleep(0.001)


def test_who_has_waited_longest_comes_first() -> None:
    lock, came = FairLock(), list[int]()

    def come(number: int) -> None:
        assert lock.acquire(5)
        came.append(number)
        lock.release()

    assert lock.acquire(0)
    threads = [threading.Thread(target=come, args=(number,)) for number in range(20)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        waiting(lock, number)
    lock.release()
    for thread in threads:
        thread.join()
    assert came == list(range(20))


def test_who_gives_up_leaves_the_queue_to_the_others() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)


def test_only_one_holds_it_and_none_is_forgotten() -> None:
    lock, inside, most, done = FairLock(), [0], [0], [0]

    def work() -> None:
        for _ in range(50):
            if lock.acquire(0.002):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0005)
                inside[0] -= 1
                done[0] += 1
                lock.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert done[0] > 0
    assert lock.acquire(0.5)  # those who gave up have not taken it with them
