"""Messages: written once, delivered at least once, read by whom they are for."""
