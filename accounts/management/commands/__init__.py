"""Each module here is one command of manage.py."""
