"""Memory: threads share the arenas of the C library."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

COUNT = """
import ctypes, sys, threading
sys.path.insert(0, {root!r})
from fairway.runtime.malloc import share_arenas
if {shared}: assert share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
all_at_once = threading.Barrier(12)
def allocate():
    all_at_once.wait()
    libc.malloc(100_000)
    all_at_once.wait()
threads = [threading.Thread(target=allocate) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
libc.fopen.argtypes, libc.fflush.argtypes = [ctypes.c_char_p, ctypes.c_char_p], [ctypes.c_void_p]
out = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


def arenas(shared: bool) -> int:
    code = COUNT.format(root=str(ROOT), shared=shared)
    report = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return report.count("<heap nr=")


@pytest.mark.skipif("glibc" not in __import__("platform").libc_ver()[0], reason="another C library")
def test_threads_share_arenas():
    """Twelve threads that allocate at once have more than two arenas by default, and two when they share."""
    assert arenas(shared=True) <= 2 < arenas(shared=False)
