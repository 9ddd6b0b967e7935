"""The whole API from one table: every route answers a valid request, refuses every wrong caller, says what it documents."""
