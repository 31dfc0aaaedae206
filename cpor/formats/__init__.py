"""How dates and times are written, per language, beyond what Django knows."""
