"""A tour of seven steps for each kind of person: what its steps are, where somebody is on it, and its panel."""
