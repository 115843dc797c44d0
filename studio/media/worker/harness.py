"""The worker's side of the talk: take limits, do one act, answer, leave.

The request is JSON in the first argument. The answer is a line of JSON on standard
output, followed by bytes if the act makes any. Exit code 0 means done; 1 means that the
file will not do, with {"problem": code} as the answer or, after a crash, no answer.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from studio.media.facts import Unusable

try:
    import resource
except ModuleNotFoundError:  # Windows has no such limits; the time limit remains
    resource = None  # type: ignore[assignment]  # the stubs know it as a module only

MEMORY_BYTES = 1 << 30  # enough for the frames of a 4K clip, decoded by one thread
LARGEST_FILE_BYTES = 256 << 20  # of what the worker writes, not of what it reads
OPEN_FILES = 64

Answer = tuple[dict[str, Any], bytes]


def serve(
    acts: Mapping[str, Callable[..., Answer]],
    *,
    unreadable: tuple[type[Exception], ...],
) -> NoReturn:
    """Do the one act that the first argument asks for, and leave.

    `unreadable` names the library's errors which mean that the file is at fault.
    """
    request = json.loads(sys.argv[1])
    _take_limits(cpu_seconds=request.pop("cpu_seconds"))
    try:
        answer, content = acts[request.pop("act")](**request)
    except Unusable as problem:
        _leave({"problem": problem.code}, code=1)
    except unreadable:
        traceback.print_exc()
        _leave({"problem": "unreadable"}, code=1)
    _leave(answer, content)


def _take_limits(*, cpu_seconds: int) -> None:
    if resource is None:
        return
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: LARGEST_FILE_BYTES,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, wanted in limits.items():
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            wanted = min(wanted, most)  # a stricter limit from outside stays
        resource.setrlimit(kind, (wanted, wanted))


def _leave(answer: dict[str, Any], content: bytes = b"", *, code: int = 0) -> NoReturn:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    sys.exit(code)
