"""gunicorn reads this file by itself; the Procfile holds the options."""


def post_worker_init(worker):
    """Wrap the listening sockets before the worker accepts connections."""
    from fairway.web.accept_limiter import AcceptLimiter

    for listener in worker.sockets:
        listener.sock = AcceptLimiter(listener.sock)
