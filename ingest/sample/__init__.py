"""The sample association: two weeks of a house that does not exist, lived through by the real pipeline."""
