"""Words and pictures every page shares."""
