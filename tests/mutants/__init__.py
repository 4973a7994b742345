"""Rules that are broken on purpose, one at a time: the test that is named for the rule must turn red."""
