"""What installation decides, without a clock, a database or a request: whose turn it is, what is missing, what may change."""
