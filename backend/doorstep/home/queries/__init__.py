"""Reads of a home screen."""

from backend.doorstep.home.queries.home import Home, HomeInShort, home_of, homes_of

__all__ = ["Home", "HomeInShort", "home_of", "homes_of"]
