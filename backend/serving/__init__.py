"""How the web application is served: `python -m backend.serving --port 8000`.

granian speaks HTTP/1 and hands each request to an event loop (RSGI). There the whole body is received, with a deadline
and within bounds, before one of a few threads is spent on it; the thread runs the application (WSGI). So whoever sends
half of something occupies no thread, and `/healthz` is answered without one.
"""
