"""gunicorn reads this by itself. What can be said on its command line stands in the Procfile."""


def post_worker_init(worker):
    """Called in the worker before it accepts anybody."""
    from fairway.web.accept_limiter import AcceptLimiter

    for listener in worker.sockets:
        listener.sock = AcceptLimiter(listener.sock)
