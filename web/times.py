"""Moments in words."""

from datetime import datetime, timedelta

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, in its largest unit: 'now', '12 min ago', '3 h ago', '5 d ago'."""
    passed = now - then
    for unit, name in _UNITS:
        if passed >= unit:
            return f"{passed // unit} {name} ago"
    return "now"
