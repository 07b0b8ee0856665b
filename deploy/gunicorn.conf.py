"""gunicorn for Steelyard: `gunicorn -c deploy/gunicorn.conf.py`. Options of the command line take precedence.

Limits of requests and timeouts of connections are STEELYARD_* settings, because the worker class has the server of `steelyard serve`.
"""

import os
from pathlib import Path

wsgi_app = "steelyard.asgi:create_app"
worker_class = "steelyard.serving.gunicorn.Worker"
bind = "0.0.0.0:8000"
# One per core that this process may use: requests never block, and hashing has its own threads. docs/operations/sizing.md has the figures.
workers = len(os.sched_getaffinity(0))
# Above the longest orderly stop: STEELYARD_DRAIN_S + STEELYARD_STOP_TIMEOUT_S + 9.
graceful_timeout = 35
timeout = 60
# The heartbeat is a file, which must not wait for a disk.
memory = Path("/dev/shm")  # noqa: S108  # a folder of random name in it
worker_tmp_dir = str(memory) if memory.is_dir() else None
# It would be created in the home folder, which the user of the image does not have.
control_socket_disable = True
