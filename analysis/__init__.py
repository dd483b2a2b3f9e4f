"""Text in, Assessment out. Pure: no database, no network; reads its own files under data/."""

from analysis.assess import VERSION, assess

__all__ = ["VERSION", "assess"]
