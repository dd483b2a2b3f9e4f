"""First set-up on the screen: its line on every page, where it stands, and its steps one by one."""
