"""The dashboard: a run as pages. One page a file, one context a page; every route names the action it needs."""
