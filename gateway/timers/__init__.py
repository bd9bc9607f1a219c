"""What happens because time passes: one module for each kind of timer, called by the worker every few seconds.

Each tick is a function of a `TimedDesk`; it looks for due rows, does what is due in short transactions and says how
many it did. A tick that comes late, twice, or on two machines at once finds the same rows and does each thing once.
"""

from gateway.timers.timed_desk import TimedDesk

__all__ = ["TimedDesk"]
