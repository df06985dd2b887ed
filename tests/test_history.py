"""Taking erased words out of a real git history."""

import io
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.cli import main
from amends.history import HistoryError, copy, plan
from amends.inbox import erasures
from amends.record import case_file
from tests.customers import Customer, a_customer, an_answered_customer
from tests.effort import EFFORT
from tests.house import House
from tests.test_erasures import talkative


@dataclass
class Repository:
    """The record of a house, kept in git."""

    house: House
    folder: Path

    def git(self, *words: str, check: bool = True) -> str:
        mail = {f"GIT_{who}_{what}": "x@x.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env = {**os.environ, **mail, "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(["git", *words], cwd=self.folder, capture_output=True, check=False, env=env)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.decode("utf-8", "replace")

    def commit(self, subject: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    def history(self) -> str:
        """Everything that branches and tags reach."""
        return self.git("log", "--branches", "--tags", "-m", "-p", "--text")

    def erase(self, *words: str, typed: str = "") -> Result:
        house = self.house
        env = {
            "AMENDS_CONTENT": str(house.content),
            "AMENDS_INSTANCE": str(house.settings.instance),
            "AMENDS_DATABASE": house.settings.database,
        }
        return CliRunner().invoke(main, ["erase", "--rewrite-history", *words], input=typed, env=env)

    def refs(self) -> str:
        return self.git("for-each-ref", "refs/heads", "refs/tags")


@pytest.fixture
def kept(house: House) -> Repository:
    """A record below the top of its repository, with a tag, and nothing in it yet."""
    (house.folder / ".gitignore").write_text("instance/\npublic/\ncache/\n.*\n!.gitignore\n")
    repository = Repository(house, house.folder)
    repository.git("init", "-q", "-b", "main")
    repository.commit("Begin")
    return repository


def erased(kept: Repository) -> tuple[Customer, Customer]:
    """Two customers with a history of several commits, a branch, a merge and a tag; the first erased everything."""
    house = kept.house
    gone = talkative(house)
    kept.commit("The case")
    kept.git("tag", "-a", "v1", "-m", "The first")
    stays = an_answered_customer(house, text="Sorry, too.", author="Bob")
    kept.commit("Another")
    kept.git("checkout", "-q", "-b", "side")
    path = case_file(house.content, "acme", gone.number)
    assert path is not None
    path.write_text(path.read_text().replace("kind: complaint", "kind: complaint  # Canary note"))
    kept.commit("By hand")
    kept.git("checkout", "-q", "main")
    (house.content / "about.md").write_text("About us.\n")
    kept.commit("About")
    kept.git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    gone.done("erase", sure="y")
    house.work()
    kept.commit("Erased")
    return gone, stays


def test_after_it_no_branch_and_no_tag_has_the_words_and_all_else_is_as_it_was(kept: Repository) -> None:
    gone, stays = erased(kept)
    assert "canary" in kept.history().lower()
    tree, commits = kept.git("rev-parse", "HEAD^{tree}"), kept.git("log", "--format=%s|%an|%at|%P", "--topo-order")
    files = {path: path.read_bytes() for path in kept.house.content.rglob("*") if path.is_file()}
    result = kept.erase(typed="y\n1\n")
    assert result.exit_code == 0, result.output
    assert "canary" not in kept.history().lower()
    assert kept.git("rev-parse", "HEAD^{tree}") == tree
    assert kept.git("status", "--porcelain") == ""
    assert {path: path.read_bytes() for path in kept.house.content.rglob("*") if path.is_file()} == files
    after = kept.git("log", "--format=%s|%an|%at|%P", "--topo-order")
    assert [line.rsplit("|", 1)[0] for line in after.splitlines()] == [
        line.rsplit("|", 1)[0] for line in commits.splitlines()
    ]
    assert "Sorry, too." in kept.history()
    assert "Bob" in kept.history()
    assert stays.number in kept.history()
    assert kept.git("cat-file", "-t", "v1") == "tag\n"
    assert gone.number in kept.git("ls-tree", "-r", "--name-only", "v1")
    assert "The history has none" not in result.output
    assert "has none of their words" in kept.erase().output


def test_it_says_what_it_will_do_and_does_nothing_before_it_was_asked_twice(kept: Repository) -> None:
    gone, _ = erased(kept)
    before = kept.refs()
    for words, typed, exit_code in (((), "n\n", 0), ((), "y\n2\n", 1), (("--yes",), "", 1), (("--yes",), "yes\n", 1)):
        result = kept.erase(*words, typed=typed)
        assert result.exit_code == exit_code, result.output
        assert kept.refs() == before
        for told in ("1 case is erased", f"{gone.number}.md", "git fast-export", "git bundle create", "clone"):
            assert told in result.output
    assert kept.git("for-each-ref", "refs/amends") == ""


def test_what_was_before_is_kept_until_somebody_removes_it(kept: Repository) -> None:
    erased(kept)
    before = kept.refs()
    result = kept.erase("--yes", typed="1\n")
    assert result.exit_code == 0, result.output
    (bundle,) = kept.house.settings.instance.glob("history-*.bundle")
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert "v1" in kept.git("bundle", "list-heads", str(bundle))
    backup = kept.git("for-each-ref", "--format=%(objectname) %(objecttype)", "refs/amends")
    assert sorted(backup.split()) == sorted(word for line in before.splitlines() for word in line.split()[:2])
    for line in result.output.splitlines():
        if line.startswith("    git for-each-ref --format='delete") or line.startswith("    git reflog"):
            subprocess.run(line.strip(), shell=True, cwd=kept.folder, check=True, capture_output=True)
    for line in kept.git("cat-file", "--batch-all-objects", "--batch-check").splitlines():
        assert "canary" not in kept.git("cat-file", "-p", line.split()[0]).lower()


@pytest.mark.parametrize("trouble", ["changed", "staged", "detached", "shallow", "words", "fault", "none"])
def test_where_it_could_do_harm_it_does_nothing_and_says_why(kept: Repository, trouble: str) -> None:
    gone, _ = erased(kept)
    path = case_file(kept.house.content, "acme", gone.number)
    assert path is not None
    sentence = "something is not committed"
    if trouble in ("changed", "staged"):
        (kept.house.content / "about.md").write_text("Precious work\n")
        if trouble == "staged":
            kept.git("add", "-A")
    elif trouble == "detached":
        kept.git("checkout", "-q", "--detach")
        sentence = "no branch is checked out"
    elif trouble == "shallow":
        (kept.folder / ".git" / "shallow").write_text(kept.git("rev-parse", "HEAD"))
        sentence = "shallow"
    elif trouble in ("words", "fault"):
        faulty, whole = path.read_text().replace("kind: complaint", "kind: rant"), f"v1:{path.relative_to(kept.folder)}"
        path.write_text(faulty if trouble == "fault" else kept.git("show", whole))
        kept.commit("Put back")
        sentence = "has a fault" if trouble == "fault" else "still has the customer’s words"
    else:
        (kept.folder / ".git").rename(kept.folder / "elsewhere")
        sentence = "in no git repository"
    before = kept.refs() if trouble != "none" else ""
    status = kept.git("status", "--porcelain", check=False)
    result = kept.erase("--yes", typed="1\n")
    assert result.exit_code == 1
    assert sentence in result.output
    if trouble != "none":
        assert kept.refs() == before
        assert kept.git("status", "--porcelain") == status


def test_a_file_that_is_gone_leaves_nothing_in_the_past(kept: Repository) -> None:
    gone, _ = erased(kept)
    path = case_file(kept.house.content, "acme", gone.number)
    assert path is not None
    path.unlink()
    kept.commit("Gone")
    result = kept.erase("--yes", typed="1\n")
    assert result.exit_code == 0, result.output
    assert "canary" not in kept.history().lower()
    assert kept.git("status", "--porcelain") == ""


def test_where_nothing_was_erased_there_is_nothing_to_ask(kept: Repository) -> None:
    a_customer(kept.house)
    kept.house.work()
    kept.commit("A case")
    result = kept.erase()
    assert (result.exit_code, "0 cases are erased" in result.output) == (0, True)


def test_a_history_that_cannot_be_written_leaves_every_branch_where_it_was(
    kept: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased(kept)
    before = kept.refs()
    # An importer that stops half way: of a stream without its end nothing is taken over.
    monkeypatch.setattr("amends.history.copy", lambda source, target, _: target.write(source.read()[:-300]))
    result = kept.erase("--yes", typed="1\n")
    assert result.exit_code == 1
    assert "could not write" in result.output
    assert kept.refs() == before


def test_words_that_would_stay_are_found_before_the_old_history_is_given_up(
    kept: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased(kept)
    before = kept.refs()
    monkeypatch.setattr("amends.history.copy", lambda source, target, _: target.write(source.read()))
    result = kept.erase("--yes", typed="1\n")
    assert "not what it should be" in result.output
    assert kept.refs() == before


def test_only_the_files_of_erased_cases_are_named(kept: Repository) -> None:
    gone, stays = erased(kept)
    with kept.house.inbox.reading() as connection:
        listed = erasures.all_of_them(connection)
    found = plan(kept.house.content, listed)
    assert [gone.number in path for path in found.files] == [True]
    assert stays.number not in "".join(found.files)
    assert found.commits >= 3
    with pytest.raises(HistoryError):
        plan(Path("/"), listed)


@settings(max_examples=50 * EFFORT, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=6))
def test_a_stream_is_copied_byte_for_byte_but_for_the_blobs_that_are_named(parts: list[tuple[bool, bytes]]) -> None:
    def stream(contents: list[bytes]) -> bytes:
        found = b""
        for place, (is_blob, _) in enumerate(parts):
            head = b"blob\nmark :1\n" if is_blob else b"commit refs/heads/main\n"
            data = contents[place]
            found += head + b"original-oid %040d\n" % place + b"data %d\n" % len(data) + data + b"\n"
        return found + b"done\n"

    target = io.BytesIO()
    copy(io.BytesIO(stream([data for _, data in parts])), target, {f"{place:040d}": b"new" for place in range(0, 6, 2)})
    expected = [b"new" if is_blob and place % 2 == 0 else data for place, (is_blob, data) in enumerate(parts)]
    assert target.getvalue() == stream(expected)
