"""How good the assessment is here: the weekly check, the figures, and what was learnt, each laid out from values."""
