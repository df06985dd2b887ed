"""What companies tell of themselves besides their replies: updates and written answers."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.cli import main
from amends.record import Answer, Current, Fault, Record, RecordError, Update, UpdateKind, load, write_told
from amends.record.told import ANSWER_KEYS, MAX_CHARACTERS, UPDATE_KEYS, sift_answer, sift_update
from amends.shelves.memory import LastGood
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER, a_case, company_toml, make_board, put

EXAMPLE = Path(__file__).parents[1] / "content"
CASE = a_case(text="Three weeks late.")
TOPICS = ("delivery", "billing")
UPDATE_FILE, ANSWER_FILE = "acme/updates/frames.md", "acme/answers/damaged.md"


def a_file(body: str = "We heard you.", **keys: Any) -> str:
    """A file as another program's YAML writer leaves it."""
    return f"---\n{yaml.safe_dump(keys, allow_unicode=True, sort_keys=False)}---\n{body}\n"


def update_file(body: str = "We heard you.", **keys: Any) -> str:
    return a_file(body, **{"kind": "change", "date": date(2026, 11, 4), "title": "Frames", **keys})


def answer_file(body: str = "Leave it there.", **keys: Any) -> str:
    return a_file(body, **{"title": "Damaged?", "date": date(2026, 11, 6), **keys})


def read_update(text: str, *numbers: str) -> Update:
    """Read an update that has to be without fault."""
    update, faults = sift_update(text, "frames", "u.md", numbers)
    assert faults == ()
    return update


def read_answer(text: str, *numbers: str) -> Answer:
    answer, faults = sift_answer(text, "damaged", "a.md", numbers, TOPICS)
    assert faults == ()
    return answer


def faults_of(read: Callable[[], object]) -> str:
    with pytest.raises(RecordError) as error:
        read()
    return str(error.value)


def a_told(tmp_path: Path, **files: str) -> Path:
    """A board on which Acme has one case, an update and an answer, both linked to it."""
    content = make_board(tmp_path, CASE)
    put(content / UPDATE_FILE, files.get("update", update_file(cases=[NUMBER])))
    put(content / ANSWER_FILE, files.get("answer", answer_file(cases=[NUMBER])))
    return content


def lines(record: Record) -> list[str]:
    return [str(fault) for fault in record.faults]


def test_an_update_and_an_answer_say_what_stands_in_their_files() -> None:
    text = update_file(kind="price", said="Too dear.", starts=date(2027, 1, 4), cases=[NUMBER], language="en")
    assert read_update(text, NUMBER, OTHER_NUMBER) == Update(
        "frames",
        UpdateKind.PRICE,
        date(2026, 11, 4),
        "Frames",
        "We heard you.",
        "Too dear.",
        date(2027, 1, 4),
        (NUMBER,),
        "en",
    )
    text = answer_file(topic="delivery", cases=[OTHER_NUMBER, NUMBER], language="zh-Hant")
    assert read_answer(text, NUMBER, OTHER_NUMBER) == Answer(
        "damaged", date(2026, 11, 6), "Damaged?", "Leave it there.", "delivery", (OTHER_NUMBER, NUMBER), "zh-Hant"
    )


def test_what_is_not_required_may_be_absent() -> None:
    update, answer = read_update(update_file()), read_answer(answer_file())
    assert (update.said, update.starts, update.cases, update.language) == (None, None, (), None)
    assert (answer.topic, answer.cases, answer.language) == (None, (), None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "u.md:1: found no front matter, expected a first line of three dashes: ---"),
        (update_file(colour="red"), "u.md:5: colour: found an unknown key, expected one of kind, date, title, said"),
        (update_file(case=[NUMBER]), "(did you mean cases?)"),
        (update_file(kind="chnage"), "u.md:2: kind: found 'chnage', expected one of change, price, news (did you mean"),
        (update_file(date="4 November"), "u.md:3: date: found '4 November', expected a date like 2026-11-06"),
        (update_file(title=" "), "u.md:4: title: found ' ', expected some text"),
        (update_file(title=["a"]), "u.md:4: title: found a list or keys, expected a single value"),
        (update_file(said=""), "u.md:5: said: found nothing, expected some text"),
        (update_file(starts=date(2027, 1, 4)), "u.md:5: starts: found the day on which a change starts, expected no"),
        (update_file(kind="news", starts="soon"), "u.md:5: starts: found 'soon', expected a date"),
        (update_file(cases=NUMBER), "u.md:5: cases: found no list, expected a list of numbers of cases"),
        (update_file(cases=[NUMBER, "A1"]), "u.md:7: cases: found 'A1', expected 8 characters of 0-9 and a-z"),
        (update_file(cases=[[NUMBER]]), "u.md:6: cases: found a list or keys, expected the number of a case"),
        (update_file(language="English!"), "u.md:5: language: found 'English!', expected a language tag"),
        (update_file().replace("title:", "kind:"), "u.md:4: kind: found the key a second time, expected each key once"),
        (update_file().replace("kind: change\n", ""), "u.md:2: kind: found nothing, expected the key kind"),
        (update_file(" \n\n"), "u.md:6: found no text, expected some text below the front matter"),
        (update_file("x" * (MAX_CHARACTERS + 1)), "u.md:6: found a text of 20001 characters, expected at most 20000"),
        ("---\na: " + "[" * 100_000 + "\n---\nx\n", "u.md:2: found values nested too deep"),
    ],
)
def test_a_fault_names_file_line_key_what_was_found_and_what_was_expected(text: str, fault: str) -> None:
    assert fault in faults_of(lambda: sift_update(text, "frames", "u.md", {NUMBER}))


@pytest.mark.parametrize("key", ["kind", "said", "starts"])
def test_an_answer_has_no_keys_of_an_update(key: str) -> None:
    text = answer_file(**{key: "change"})
    assert f"a.md:4: {key}: found an unknown key" in faults_of(lambda: sift_answer(text, "x", "a.md", (), TOPICS))


@pytest.mark.parametrize("key", ["title", "date"])
def test_an_answer_needs_a_title_and_a_date(key: str) -> None:
    text = "\n".join(line for line in answer_file().split("\n") if not line.startswith(key))
    assert f"a.md:2: {key}: found nothing" in faults_of(lambda: sift_answer(text, "x", "a.md", (), TOPICS))


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = update_file("", colour="red", starts=date(2027, 1, 4), cases=NUMBER, language="E!")
    with pytest.raises(RecordError) as error:
        sift_update(text, "frames", "u.md", ())
    assert [(fault.line, fault.key) for fault in error.value.faults] == [
        (5, "colour"),
        (8, "language"),
        (7, "cases"),
        (10, None),
        (6, "starts"),
    ]


def test_the_longest_text_is_taken() -> None:
    assert len(read_update(update_file("x" * MAX_CHARACTERS)).text) == MAX_CHARACTERS


def test_a_link_that_leads_nowhere_is_named_and_the_rest_is_told_without_it() -> None:
    text = update_file(cases=[NUMBER, OTHER_NUMBER, NUMBER])
    update, faults = sift_update(text, "frames", "u.md", {NUMBER})
    assert update == read_update(update_file(cases=[NUMBER]), NUMBER)
    assert [str(fault) for fault in faults] == [
        f"u.md:7: cases: found the number {OTHER_NUMBER}, expected the number of a case of this company",
        f"u.md:8: cases: found the number {NUMBER} a second time, expected each case once",
    ]


def test_a_topic_that_the_company_does_not_have_is_named_and_the_answer_stands_without_it() -> None:
    answer, faults = sift_answer(answer_file(topic="customs"), "damaged", "a.md", (), TOPICS)
    assert answer == read_answer(answer_file())
    assert [str(fault) for fault in faults] == [
        "a.md:4: topic: found 'customs', expected a topic of the company: delivery, billing"
    ]


seen = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip)
scripts = st.one_of(
    seen, st.sampled_from(["الفرامل", "包裹在海關", "Бирка", "नमस्ते", "NO", "1.10", "---", "- x", "a: b #c", "👩‍🔧"])
)


@given(scripts, scripts, st.lists(scripts, min_size=1, max_size=4).map("\n\n".join))
def test_words_in_any_script_arrive_as_they_were_written(title: str, said: str, body: str) -> None:
    update = read_update(update_file(body, title=title, said=said))
    assert (update.title, update.said, update.text) == (title, said, body)
    assert read_answer(answer_file(body, title=title)).text == body


numbers = st.lists(st.sampled_from([NUMBER, OTHER_NUMBER]), unique=True).map(tuple)
days = st.dates(date(1970, 1, 1), date(2199, 12, 31))
lines_of_text = st.text(max_size=200) | scripts | st.lists(scripts | st.just("---")).map("\n".join)
bodies = lines_of_text.map(lambda text: text.replace("\r", "").strip("\n")).filter(str.strip)


@given(st.sampled_from(UpdateKind), days, scripts, bodies, st.none() | scripts, st.none() | days, numbers)
def test_what_is_written_of_an_update_reads_as_it_was(
    kind: UpdateKind, day: date, title: str, text: str, said: str | None, starts: date | None, cases: tuple[str, ...]
) -> None:
    starts = None if kind is UpdateKind.CHANGE else starts
    update = Update("frames", kind, day, title, text, said, starts, cases, "zh-Hant")
    assert read_update(written := write_told(update), NUMBER, OTHER_NUMBER) == update
    assert write_told(read_update(written, NUMBER, OTHER_NUMBER)) == written


@given(days, scripts, bodies, st.none() | st.sampled_from(TOPICS), numbers, st.sampled_from([None, "ar"]))
def test_what_is_written_of_an_answer_reads_as_it_was(
    day: date, title: str, text: str, topic: str | None, cases: tuple[str, ...], language: str | None
) -> None:
    answer = Answer("damaged", day, title, text, topic, cases, language)
    assert read_answer(write_told(answer), NUMBER, OTHER_NUMBER) == answer


hostile = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["&a x", "*a", "!!str x", "{a: [b]}", "[", "- x", "|", "'", "\x07", "7k3m9qxz", "2026-02-30"]),
    st.lists(st.sampled_from([NUMBER, OTHER_NUMBER, "", "[]", "{}", "é"])).map(lambda items: f"[{', '.join(items)}]"),
)
keys = st.sampled_from([*UPDATE_KEYS, *ANSWER_KEYS, "", "events", "ключ", "? x"])
fronts = st.lists(st.tuples(keys, hostile)).map(lambda pairs: "\n".join(f"{key}: {value}" for key, value in pairs))


def taken(read: Callable[[], tuple[Update | Answer, tuple[Fault, ...]]]) -> tuple[Update | Answer | None, list[Fault]]:
    """What a reader makes of a file: what it tells, if it can be told, and the faults."""
    try:
        told, slips = read()
    except RecordError as error:
        return None, list(error.faults)
    return told, list(slips)


@given(st.one_of(fronts, st.text(max_size=200)), st.text(max_size=60))
@settings(max_examples=100 * EFFORT)
def test_whatever_stands_in_a_file_is_a_value_or_a_named_fault(front: str, body: str) -> None:
    good = update_file().split("---\n")[1]
    for text in (front, f"---\n{front}\n---\n{body}", f"---\n{good}{front}\n---\n{body}"):
        for told, faults in (
            taken(lambda text=text: sift_update(text, "x", "x.md", {NUMBER})),
            taken(lambda text=text: sift_answer(text, "x", "x.md", {NUMBER}, TOPICS)),
        ):
            assert told or faults
            assert all(fault.path == "x.md" and fault.line for fault in faults)
            assert told is None or (told.text.strip() and set(told.cases) <= {NUMBER})


def test_the_record_holds_updates_newest_first_and_answers_by_title(tmp_path: Path) -> None:
    content = a_told(tmp_path)
    put(content / "acme/updates/a-newer.md", update_file(date=date(2026, 11, 5)))
    put(content / "acme/updates/zebra.md", update_file())
    put(content / "acme/answers/zebra.md", answer_file(title="apples?"))
    put(content / "bolt/company.toml", company_toml("Bolt"))
    record = load(content)
    assert [update.name for update in record.updates["acme"]] == ["a-newer", "zebra", "frames"]
    assert [answer.name for answer in record.answers["acme"]] == ["zebra", "damaged"]
    assert (record.updates["bolt"], record.answers["bolt"]) == ((), ())
    assert record.updates["acme"][2].cases == record.answers["acme"][1].cases == (NUMBER,)
    assert record.faults == ()


def test_another_companys_case_is_none_of_this_companys(tmp_path: Path) -> None:
    content = a_told(tmp_path)
    put(content / "bolt/company.toml", company_toml("Bolt"))
    put(content / "bolt/updates/frames.md", update_file(cases=[NUMBER]))
    record = load(content)
    assert record.updates["bolt"][0].cases == ()
    assert lines(record) == [
        f"bolt/updates/frames.md:6: cases: found the number {NUMBER}, expected the number of a case of this company"
    ]


def test_a_case_that_can_be_read_no_more_can_still_be_linked_to(tmp_path: Path) -> None:
    content = a_told(tmp_path)
    put(content / f"acme/2026/11/{NUMBER}.md", "not a case")
    record = load(content)
    assert record.updates["acme"][0].cases == (NUMBER,)
    assert {fault.path for fault in record.faults} == {f"acme/2026/11/{NUMBER}.md"}


@pytest.mark.parametrize("remember", [True, False])
@pytest.mark.parametrize("file", [UPDATE_FILE, ANSWER_FILE])
def test_a_faulty_file_is_told_as_it_last_was_or_left_out(tmp_path: Path, file: str, *, remember: bool) -> None:
    content = a_told(tmp_path)
    memory = LastGood(tmp_path / "cache") if remember else None
    before = load(content, memory)
    put(content / file, (content / file).read_text().replace("date:", "dtae:"))
    record = load(content, memory)
    told = (*record.updates["acme"], *record.answers["acme"])
    if memory:
        assert (record.updates, record.answers) == (before.updates, before.answers)
        memory.close()
    assert len(told) == 1 + remember
    assert f"{file}:" in lines(record)[0]
    assert {fault.path for fault in record.faults} == {file}


def test_a_file_whose_link_leads_nowhere_is_not_taken_back_to_an_earlier_version(tmp_path: Path) -> None:
    content, memory = a_told(tmp_path), LastGood(tmp_path / "cache")
    load(content, memory)
    put(content / UPDATE_FILE, update_file("New words.", cases=[OTHER_NUMBER]))
    assert load(content, memory).updates["acme"][0].text == "New words."
    memory.close()


def test_a_file_that_was_taken_away_is_told_no_more(tmp_path: Path) -> None:
    content, memory = a_told(tmp_path), LastGood(tmp_path / "cache")
    load(content, memory)
    (content / UPDATE_FILE).unlink()
    record = load(content, memory)
    assert (record.updates["acme"], record.faults) == ((), ())
    memory.close()


@pytest.mark.parametrize(
    "name", ["Frames.md", "a_b.md", "-a.md", "a-.md", "a" * 81 + ".md", "frames.txt", "frames.md~", "frames", "é.md"]
)
@pytest.mark.parametrize("folder", ["updates", "answers"])
def test_a_file_with_a_name_that_cannot_be_is_named_and_the_others_are_told(
    tmp_path: Path, folder: str, name: str
) -> None:
    content = a_told(tmp_path)
    put(content / "acme" / folder / name, update_file())
    record = load(content)
    assert len(record.updates["acme"]) == len(record.answers["acme"]) == 1
    (fault,) = lines(record)
    assert fault.startswith(f"acme/{folder}/{ascii(name)[1:-1]}: found a file with this name, expected <name>.md")


def test_a_name_of_80_letters_can_be_and_files_with_a_dot_are_left_alone(tmp_path: Path) -> None:
    content = a_told(tmp_path)
    put(content / "acme/updates" / ("a" * 80 + ".md"), update_file())
    put(content / "acme/updates/.frames.md.swp", "half")
    put(content / "acme/updates/.gitkeep", "")
    record = load(content)
    assert len(record.updates["acme"]) == 2
    assert record.faults == ()


def test_a_file_name_that_is_not_utf_8_is_a_fault_like_any_other(tmp_path: Path) -> None:
    content = a_told(tmp_path)
    (content / "acme/updates" / os.fsdecode(b"J\xfcrgen.md")).write_text(update_file())
    (fault,) = lines(load(content))
    assert fault.startswith(r"acme/updates/J\udcfcrgen.md: found a file with this name")
    assert fault.encode()


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        pytest.param("acme/updates", "acme/updates", id="folder"),
        pytest.param("acme/updates/linked.md", "acme/updates/linked.md", id="file"),
    ],
)
def test_no_symbolic_link_leads_out_of_the_record(tmp_path: Path, link: str, shown: str) -> None:
    content = make_board(tmp_path, CASE)
    target = put(tmp_path / "kept/linked.md", update_file())
    (content / link).parent.mkdir(parents=True, exist_ok=True)
    (content / link).symlink_to(target if link.endswith(".md") else target.parent)
    record = load(content)
    assert record.updates["acme"] == ()
    assert [fault.path for fault in record.faults] == [shown]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.write_text(""), id="file"),
        pytest.param(os.mkfifo, id="pipe"),
        pytest.param(lambda path: path.symlink_to("nowhere"), id="broken link"),
    ],
)
def test_what_stands_in_place_of_the_folder_is_named(tmp_path: Path, make: Callable[[Path], object]) -> None:
    content = make_board(tmp_path, CASE)
    make(content / "acme/updates")
    assert lines(load(content)) == ["acme/updates: found no folder, expected a folder of files <name>.md"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_ordinary_file_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    content = a_told(tmp_path)
    make(content / "acme/updates/odd.md")
    assert lines(load(content)) == ["acme/updates/odd.md: found no ordinary file, expected a file"]


def test_check_names_these_faults_and_a_strict_build_swaps_nothing_in(tmp_path: Path) -> None:
    content, out = a_told(tmp_path, update=update_file(kind="rant")), tmp_path / "public"
    runner = CliRunner()
    checked = runner.invoke(main, ["check", str(content)])
    assert checked.exit_code == 1
    assert f"{UPDATE_FILE}:2: kind: found 'rant', expected one of change, price, news" in checked.output
    build = ["build", str(content), "--out", str(out), "--cache", str(tmp_path / "cache"), "--strict"]
    built = runner.invoke(main, build)
    assert (built.exit_code, UPDATE_FILE in built.output, out.exists()) == (1, True, False)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: put(path, update_file("Other words.")), id="changed"),
        pytest.param(lambda path: put(path.with_name("new.md"), update_file()), id="new"),
        pytest.param(Path.unlink, id="deleted"),
        pytest.param(lambda path: path.rename(path.with_name("other.md")), id="renamed"),
    ],
)
@pytest.mark.parametrize("file", [UPDATE_FILE, ANSWER_FILE])
def test_the_record_is_read_again_after_a_change(tmp_path: Path, file: str, change: Callable[[Path], object]) -> None:
    content = a_told(tmp_path)
    current = Current(content)
    before = current()
    change(content / file)
    assert current() == load(content)
    assert current() != before


def test_the_example_tells_changes_prices_news_and_answers_each_linked_to_its_cases() -> None:
    record = load(EXAMPLE)
    updates = [update for company in record.companies for update in record.updates[company.slug]]
    answers = [answer for company in record.companies for answer in record.answers[company.slug]]
    assert record.faults == ()
    assert {update.kind for update in updates} == set(UpdateKind)
    assert all(update.cases and update.said for update in updates if update.kind is UpdateKind.CHANGE)
    assert all(answer.cases and answer.topic for answer in answers)
    assert all(told.day <= date(2026, 11, 22) for told in (*updates, *answers))
    for slug, told in [*record.updates.items(), *record.answers.items()]:
        for each in told:
            assert all(record.entry(slug, number).case.received.date() <= each.day for number in each.cases)
