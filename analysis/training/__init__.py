"""The trainer: labelled sets in, the shipped weights and their cards out. It alone needs scikit-learn."""
