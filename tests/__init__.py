"""What is promised, proved on SQLite and on PostgreSQL."""
