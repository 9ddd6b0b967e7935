"""What every capability stands on: database, errors, clock, law, outbox, events, leases, audit, idempotency, crypto, storage, http.

A closed list: what does not serve every capability lives in the capability that needs it.
"""
