"""Answers that need several capabilities: what a scan shows, the pages at the door, photos, the conversation."""
