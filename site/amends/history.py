"""Taking erased words out of the git history of a record: every old version of their files becomes the present one.

Nothing else of the history changes, so the present files stay as they are. What git itself offers suffices
(`git fast-export` and `git fast-import`, git-fast-import(1)): of the stream between the two only some contents are
exchanged.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from amends.inbox.erasures import Erasure
from amends.record import RecordError, read_case

EXPORT = (
    "fast-export",
    "--branches",
    "--tags",
    "--show-original-ids",
    "--reencode=no",
    "--signed-tags=warn-strip",
    "--use-done-feature",
)
"""Of tags a signature cannot hold any longer; git drops those of commits by itself."""
IMPORT = ("fast-import", "--force", "--quiet")

_FILE = re.compile(r"(?:.*/)?(?P<company>[a-z0-9-]{1,40})/[0-9]{4}/[0-9]{2}/(?P<number>[0-9a-z]{8})\.md")


class HistoryError(RuntimeError):
    """The history cannot be rewritten; the text says why. It is as it was."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to one repository.

    `files` are the paths that hold an erased case, or held one; `blobs` their contents in the past, by id, each with
    the path that has it; `commits` is how many commits brought one of these in.
    """

    repository: Path
    files: tuple[str, ...]
    blobs: Mapping[str, str]
    commits: int


class Git:
    """Runs git in one repository; HistoryError with git's own words where that fails."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("git")
        if found is None:
            raise HistoryError("there is no git on this machine")
        self.command = (found, "-c", "core.quotePath=false", "-c", "log.showRoot=true", "-C", str(folder))
        self.environment = {**os.environ, "LC_ALL": "C"}

    def __call__(self, *words: str) -> bytes:
        """Return what git prints."""
        done = subprocess.run([*self.command, *words], capture_output=True, check=False, env=self.environment)  # noqa: S603 -- our words
        if done.returncode:
            raise HistoryError(f"git {words[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
        return done.stdout

    def line(self, *words: str) -> str:
        """Return the one line that git prints."""
        return os.fsdecode(self(*words)).strip()

    def lines(self, *words: str) -> Iterator[bytes]:
        """Yield what git prints, line by line as it comes."""
        with self.open(*words, stdout=subprocess.PIPE) as running:
            yield from running.stdout or ()
        if running.returncode:
            raise HistoryError(f"git {words[0]} failed")

    def open(self, *words: str, stdin: int | None = None, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start git."""
        return subprocess.Popen([*self.command, *words], stdin=stdin, stdout=stdout, env=self.environment)  # noqa: S603 -- our words


def plan(content: Path, erased: Collection[Erasure]) -> Plan:
    """Find the old versions of the files of erased cases in the history of the repository that has `content`.

    HistoryError where there is none, where something in it is not committed, or where a file still has words.
    """
    git = Git(_top(content))
    _check(git)
    cases = {(one.company, one.number) for one in erased}
    files: dict[str, None] = {}
    blobs: dict[str, str] = {}
    commits = set()
    for commit, blob, path in _brought_in(git):
        place = _FILE.fullmatch(path)
        if place and (place["company"], place["number"]) in cases:
            files[path] = None
            blobs[blob] = path
            commits.add(commit)
    present = {path: _present(git, path) for path in files}
    for path, data in present.items():
        if data is not None:
            _check_empty(path, data)
            blobs.pop(git.line("rev-parse", f"HEAD:{path}"), None)
    return Plan(Path(git.command[-1]), tuple(sorted(files)), blobs, len(commits) if blobs else 0)


def commands(found: Plan, bundle: Path, stamp: str) -> list[str]:
    """Return as shell commands what `rewrite` does; the exchange itself stands there as a comment."""
    return [
        f"cd {found.repository}",
        f"git bundle create {bundle} --all",
        f"git for-each-ref --format='create {_backup(stamp)}%(refname:lstrip=1) %(objectname)' refs/heads refs/tags"
        " | git update-ref --stdin",
        f"git {' '.join(EXPORT)} \\",
        f"  |  # {len(found.blobs)} old contents become the present ones \\",
        f"  | git {' '.join(IMPORT)}",
    ]


def rewrite(found: Plan, bundle: Path, now: datetime) -> str:
    """Rewrite all branches and tags, keep a bundle and refs of what was before, and return where those refs are.

    HistoryError where it cannot be done: then every branch and tag is where it was.
    """
    git, stamp = Git(found.repository), now.strftime("%Y%m%dT%H%M%SZ")
    _check(git)
    before = git.line("rev-parse", "HEAD^{tree}")
    bundle.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    git("bundle", "create", "--quiet", str(bundle), "--all")
    bundle.chmod(0o600)
    refs = [
        os.fsdecode(line).split()
        for line in git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags").splitlines()
    ]
    for name, target in refs:
        git("update-ref", _backup(stamp) + name.removeprefix("refs/"), target)
    try:
        _exchange(git, {blob: _present(git, path) or b"" for blob, path in found.blobs.items()})
        if git.line("rev-parse", "HEAD^{tree}") != before or _reachable(git, found.blobs):
            raise HistoryError("the new history is not what it should be")
    except HistoryError:
        for name, target in refs:
            git("update-ref", name, target)
        raise
    return _backup(stamp)


def _top(content: Path) -> Path:
    try:
        return Path(Git(content).line("rev-parse", "--show-toplevel"))
    except HistoryError as error:
        raise HistoryError(f"{content} is in no git repository: {error}") from error


def _check(git: Git) -> None:
    """Refuse what could lose somebody's work, or would rewrite a part of the history only."""
    if git("status", "--porcelain", "--untracked-files=no"):
        raise HistoryError("something is not committed; commit it, or put it aside, and try again")
    if git.line("rev-parse", "--is-shallow-repository") == "true":
        raise HistoryError("this is a shallow clone, whose history is elsewhere; use the whole repository")
    if git.line("rev-parse", "--symbolic-full-name", "HEAD") == "HEAD":
        raise HistoryError("no branch is checked out; check one out and try again")


def _check_empty(path: str, data: bytes) -> None:
    try:
        case = read_case(data.decode("utf-8"), path.split("/")[-4], path)
    except (RecordError, UnicodeDecodeError) as error:
        raise HistoryError(f"{path} has a fault, so nobody can tell that it was emptied: {error}") from error
    said = [event for event in case.events if event.by == "customer" and event.text]
    if case.text or case.title or case.author or said or not case.is_gone:
        raise HistoryError(f"{path} still has the customer’s words: let `amends work` empty it, and commit that")


def _brought_in(git: Git) -> Iterator[tuple[str, str, str]]:
    """Yield the commit, the blob and the path of every content that a commit brought in, merges included."""
    commit = ""
    raw = ("log", "--branches", "--tags", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=commit %H")
    for line in git.lines(*raw):
        text = os.fsdecode(line).rstrip("\n")
        if text.startswith("commit "):
            commit = text.removeprefix("commit ")
        elif text.startswith(":"):
            facts, _, path = text.partition("\t")
            _, mode, _, blob, _ = facts.split(" ")
            if mode.startswith("100"):
                yield commit, blob, path


def _present(git: Git, path: str) -> bytes | None:
    """Return what the present commit has at that path; None where it has nothing."""
    listed = git("ls-tree", "HEAD", "--", path)
    return git("cat-file", "blob", listed.split()[2].decode()) if listed else None


def _exchange(git: Git, contents: Mapping[str, bytes]) -> None:
    with (
        git.open(*EXPORT, stdout=subprocess.PIPE) as source,
        git.open(*IMPORT, stdin=subprocess.PIPE) as target,
    ):
        if source.stdout is None or target.stdin is None:  # never: both are pipes
            raise HistoryError("no pipe")
        try:
            # The stream says itself when it is whole; of one that breaks off the importer takes nothing over.
            copy(source.stdout, target.stdin, contents)
            target.stdin.close()
        except OSError as error:
            raise HistoryError(f"the new history cannot be written: {error}") from error
    if source.returncode or target.returncode:
        raise HistoryError("git could not write the new history")


def copy(source: IO[bytes], target: IO[bytes], contents: Mapping[str, bytes]) -> None:
    """Copy a stream of git-fast-import(1), the blobs with these ids with other contents."""
    in_blob, name = False, ""
    for line in iter(source.readline, b""):
        if line.startswith(b"data "):
            data = source.read(int(line[5:]))
            if in_blob and name in contents:
                data = contents[name]
            target.write(b"data %d\n" % len(data) + data)
            in_blob = False
            continue
        if line == b"blob\n":
            in_blob = True
        elif line.startswith(b"original-oid "):
            name = line.split()[1].decode()
        target.write(line)


def _reachable(git: Git, blobs: Collection[str]) -> bool:
    listed = (line.split(maxsplit=1)[0].decode() for line in git.lines("rev-list", "--objects", "--branches", "--tags"))
    return any(name in blobs for name in listed)


def _backup(stamp: str) -> str:
    return f"refs/amends/before-erasing-{stamp}/"
