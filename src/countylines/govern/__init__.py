"""Who may, who did, and for how long: accounts, permission, sessions and the log, kept in one small database."""
