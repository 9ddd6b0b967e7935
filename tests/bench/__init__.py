"""Ratios, never gated: each program runs both sides in turns on this machine and prints what came of it.

python -m tests.bench.<name>        on PostgreSQL; TEST_DATABASE=sqlite for the other
"""
