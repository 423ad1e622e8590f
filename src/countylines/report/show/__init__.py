"""What ``countylines show`` prints: each view is made as plain values (``--json``), then laid out for the terminal."""
