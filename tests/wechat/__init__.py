"""The platform: calls, token, callbacks, values; against the stand-in over HTTP."""
