"""The report for the board: gathered once, and shown as a page and as a file of two pages."""
