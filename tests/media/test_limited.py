"""The worker meets hostile files: it may refuse, but never crash or hang."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from studio.media import limited
from studio.media.facts import Unusable
from studio.media.probe import probe_video

MUTATIONS = 100
HANGS_AFTER_SECONDS = 300  # a hundred films on a busy machine
ROOT = Path(limited.__file__).parents[2]

# The worker as it is, but loaded once: a hundred starts would take most of the time.
ONE_FORK_EACH = """
import os, sys
sys.path.append(sys.argv[1])
from studio.media.worker import videos_main
for request in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.argv = ["worker", request]
        videos_main.main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def mutated(content: bytes, seed: int) -> bytes:
    """`content` with some bytes changed, or a stretch of it repeated or lost."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.choice([1, 3, 10, 50])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    at, length = chance.randrange(len(changed)), chance.randrange(1, 200)
    if seed % 4 == 0:
        changed[at:at] = changed[at : at + length]
    elif seed % 4 == 1:
        del changed[at : at + length]
    return bytes(changed)


def request_for(video: Path, *, draw: bool) -> str:
    targets = video.with_suffix("")
    request = {
        "act": "examine",
        "video": str(video),
        "container": "mp4",
        "posters": {"320": f"{targets}-poster.webp"} if draw else {},
        "preview": f"{targets}-preview.mp4" if draw else None,
    }
    return limited.command_for("videos_main.py", request, timeout=10)[-1]


def test_it_survives_a_hundred_mutations(clip: Path, tmp_path: Path) -> None:
    content = clip.read_bytes()
    requests = []
    for seed in range(MUTATIONS):
        video = tmp_path / f"{seed}.mp4"
        video.write_bytes(mutated(content, seed))
        requests.append(request_for(video, draw=seed % 3 == 0))

    done = subprocess.run(
        [sys.executable, "-I", "-c", ONE_FORK_EACH, str(ROOT), *requests],
        capture_output=True,
        timeout=HANGS_AFTER_SECONDS,
        check=True,
        text=True,
    )

    codes = done.stdout.split()
    assert len(codes) == MUTATIONS
    assert set(codes) == {"0", "1"}
    assert not list(tmp_path.glob("*.part"))


def test_only_the_worker_loads_the_decoder() -> None:
    modules = [path.stem for path in (ROOT / "studio" / "media").glob("[a-z]*.py")]
    code = f"import sys; sys.path.append({str(ROOT)!r})\n"
    code += "".join(f"import studio.media.{name}\n" for name in modules)
    code += "print('av' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True
    )

    assert "images" in modules
    assert done.stdout == "False\n"


def run_inside(code: str, tmp_path: Path) -> str:
    """What `code` prints as a worker's act, under the worker's limits."""
    script = tmp_path / "trial_main.py"
    script.write_text(
        f"import sys\nsys.path.append({str(ROOT)!r})\n"
        "from studio.media.worker import harness\n"
        f"def act():\n    {code}\n"
        "    return {'got': got}, b''\n"
        "harness.serve({'act': act}, unreadable=(OSError, MemoryError))\n"
    )
    answer, _content = limited.run_worker(str(script), {"act": "act"}, timeout=60)
    return str(answer["got"])


def test_the_worker_sees_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_SECRET_KEY", "sk-canary")

    seen = run_inside("import os; got = repr(os.environ)", tmp_path)

    assert "canary" not in seen


def test_the_worker_runs_isolated(tmp_path: Path) -> None:
    assert run_inside("got = sys.flags.isolated", tmp_path) == "1"


@pytest.mark.parametrize(
    "greedy",
    [
        "got = len(bytearray(3 << 30))",
        "got = [open('/dev/null') for _ in range(200)] and 1",
        "open('big', 'wb').write(bytes(300 << 20)); got = 1",
    ],
    ids=["memory", "files", "disk"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="limits differ elsewhere")
def test_the_worker_cannot_take_more_than_its_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, greedy: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Unusable, match="unreadable"):
        run_inside(greedy, tmp_path)


def test_a_worker_that_dies_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="unreadable"):
        run_inside("import os; os.abort()", tmp_path)


def test_this_process_keeps_its_own_limits(clip: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)

    probe_video(clip)

    assert resource.getrlimit(resource.RLIMIT_AS) == before
