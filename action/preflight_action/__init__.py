"""The steps of the GitHub action: install, judge, publish; the standard library is enough."""
