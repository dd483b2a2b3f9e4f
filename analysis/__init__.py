"""What a comment is about and how it sounds: text in, Assessment out. No database, no network.

Phases read a comment one after the other (pipeline.PHASES); each gives its findings, and a phase that fails is named
and takes nothing else with it.
"""

from analysis.pipeline import PARTS, SHIPPED, VERSION, Vocabulary, absent, assess, assess_all, unreadable

__all__ = ["PARTS", "SHIPPED", "VERSION", "Vocabulary", "absent", "assess", "assess_all", "unreadable"]
