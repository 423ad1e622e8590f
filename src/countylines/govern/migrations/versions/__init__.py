"""One file a revision, named after its number: ``m0001_accounts_and_log.py``."""
