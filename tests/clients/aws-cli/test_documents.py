"""The walkthroughs in docs/: every command is run, and prints what its document shows.

A walkthrough is the `console` blocks of a document, in order, as one session of bash. A line that
begins with `$ ` is a command, which goes on below a backslash at its end or until a `}` of its own;
what follows is its output. `…` stands for text that differs each time.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parents[3] / "docs"
WALKTHROUGHS = sorted(page for page in DOCUMENTS.glob("*.md") if "```console" in page.read_text())
# No output has this line.
END = "--- end of output ---"
# A command that waits does so until its condition holds; this only ends one that hangs.
HANGS_AFTER_SECONDS = 300


def commands(page):
    """The commands of a document, each with the output that it shows."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(), re.M | re.S):
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = step.splitlines()
            last = next(i for i in range(len(lines)) if is_whole(lines[: i + 1]))
            command, output = lines[: last + 1], lines[last + 1 :]
            found.append(("\n".join(command), "\n".join(output).strip("\n")))
    return found


def is_whole(lines):
    """Whether no further line belongs to the command that begins with these."""
    is_open = lines[0].endswith("{") and lines[-1] != "}"
    return not is_open and not lines[-1].endswith("\\")


def run(steps, endpoint, folder):
    """Runs commands in one session, and answers with what each printed."""
    programs = Path(sys.executable).parent
    script = "\n".join(f"{command}\necho '{END}'" for command, _ in steps)
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=folder,
        env=os.environ
        | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        },
        capture_output=True,
        check=True,
        text=True,
        timeout=HANGS_AFTER_SECONDS,
    )
    return [printed.strip("\n") for printed in done.stdout.split(f"{END}\n")[:-1]]


def filled(shown, printed):
    """The shown output with each `…` filled in from the printed one, where they agree."""
    pattern = ".+?".join(re.escape(part) for part in shown.split("…"))
    return printed if re.fullmatch(pattern, printed) else shown


@pytest.mark.parametrize("page", WALKTHROUGHS, ids=lambda page: page.stem)
def test_a_walkthrough_prints_what_its_document_shows(page, endpoint, tmp_path):
    steps = commands(page)
    printed = run(steps, endpoint, tmp_path)
    expected = [filled(shown, got) for (_, shown), got in zip(steps, printed, strict=True)]
    typed = [command for command, _ in steps]
    assert list(zip(typed, printed)) == list(zip(typed, expected))


def test_there_are_walkthroughs():
    assert {"streams", "ttl"} <= {page.stem for page in WALKTHROUGHS}
