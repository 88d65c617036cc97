"""Lexicons of group mentions; README.md describes them."""
