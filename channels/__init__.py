"""Channels: one folder for each with an interface of its own, and `http`, the one door out."""
