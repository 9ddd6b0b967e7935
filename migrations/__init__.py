"""The schema, step by step. Forward only: a step that has landed is never edited."""
