"""What stops the product from starting, told as one sentence."""


class Trouble(Exception):
    """Its text is a whole sentence for the person at the terminal."""
