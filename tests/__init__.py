"""A package by name: some packages of others bring a `tests` along, which would be found in place of a mere folder."""
