"""The forms of the Train page, and what it shows of runs."""
