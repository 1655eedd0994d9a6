import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import open_senders
from bot.demo.clock import SimulatedClock
from bot.demo.configuration import write_configuration
from bot.demo.faults import DEFAULT_FAULT, FAULTS
from bot.demo.monitor import Monitor
from bot.demo.world import World
from bot.settings import read_settings
from bot.sources import open_sources
from bot.wiring import examine_all


def test_a_clock_passes_its_rate_of_minutes_a_second() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    clock = SimulatedClock(start, rate=600)

    time.sleep(0.05)
    clock.run(rate=0)
    stopped = clock()

    assert timedelta(minutes=30) <= stopped - start < timedelta(minutes=600)
    assert clock() == stopped
    clock.leap(timedelta(days=1))
    assert clock() == stopped + timedelta(days=1)


def test_the_folder_is_read_by_the_bots_own_sources(world: World) -> None:
    settings = read_settings(write_configuration(world.folder))

    with open_sources(settings) as sources:
        model = settings.model("delays")
        log = sources.table(model.predictions)
        changes, wrong = sources.changes(model.evidence.changes)
        (name,) = model.evidence.system
        now = datetime.now(UTC)
        counted = log.count().to_pyarrow().as_py()
        names = set(log.columns)
        with sources.system(name, start=now, end=now) as system:
            metrics = set(system.table.metric.to_pyarrow().to_pylist())

    assert counted > 50_000
    assert names >= model.predictions.columns.taken() | set(model.predictions.segments)
    assert len(changes) == 5
    assert not wrong
    assert metrics == {"requests", "timeouts", "errors", "latency_p99_ms", "cpu", "memory"}


def test_the_doctor_is_green_against_the_demos_sources(world: World) -> None:
    settings = read_settings(write_configuration(world.folder))

    token = {"PLUMMET_DEMO_ALERT_TOKEN": "a-token"}
    found = examine_all(settings, slack=False, environment=token)

    assert [symptom.says for symptom in found if not symptom.well] == []
    assert {f"source {name}" for name in settings.sources} <= {symptom.part for symptom in found}


def test_every_table_of_the_contract_is_there(world: World) -> None:
    settings = read_settings(write_configuration(world.folder))

    with open_sources(settings) as sources:
        model = settings.model("delays")
        tables = {
            name: sources.table(table)
            for name, table in (
                ("reference", model.reference), ("offline", model.offline),
                ("reported", model.reported),
            )
            if table
        }  # fmt: skip
        columns = {name: set(table.columns) for name, table in tables.items()}
        last = tables["reported"].time.max().to_pyarrow().as_py()

    assert columns["reference"] >= {"label", "dep_delay", "carrier"}
    assert columns["offline"] >= {"request_id", "dep_delay", "carrier"}
    assert columns["reported"] == {"time", "value"}
    assert timedelta(hours=2) <= world.clock() - last < timedelta(hours=4)


def test_the_log_can_be_read_at_any_moment_while_it_grows(world: World) -> None:
    settings = read_settings(write_configuration(world.folder))
    world.clock.run(rate=60 * 60)
    counts: list[int] = []

    world.start()
    with open_sources(settings) as sources:
        table = sources.table(settings.model("delays").predictions)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            row = table.aggregate(rows=table.count(), ids=table.request_id.nunique())
            found = row.to_pyarrow().to_pylist()[0]
            counts.append(found["rows"])
            assert found["rows"] == found["ids"]
    world.stop()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


@pytest.mark.parametrize("name", [DEFAULT_FAULT, "low-threshold", "early-labels"])
def test_a_fault_is_noticed_within_hours_and_clears_after_the_repair(
    world: World, name: str
) -> None:
    monitor = Monitor(world, url="http://unused.invalid", token="t")
    world.break_model(name)
    seen: list[tuple[str, timedelta]] = []

    for _ in range(12 * 6):
        world.clock.leap(timedelta(minutes=10))
        world.step()
        said = monitor.look()
        if said and said["status"] == "firing":
            seen.append(("firing", world.clock() - world.began))
            world.repair()
        elif said:
            seen.append(("resolved", world.clock() - world.began))

    assert [status for status, _ in seen] == ["firing", "resolved"]
    assert seen[0][1] < timedelta(hours=7)


def test_nothing_is_noticed_while_nothing_is_broken(world: World) -> None:
    monitor = Monitor(world, url="http://unused.invalid", token="t")

    said = []
    for _ in range(24 * 6):
        world.clock.leap(timedelta(minutes=10))
        world.step()
        said.append(monitor.look())

    assert not any(said)


def test_a_break_and_its_repair_are_in_the_change_log(world: World) -> None:
    world.break_model("old-model")
    mended = world.repair()

    lines = (world.folder / "changes.jsonl").read_text(encoding="utf-8").splitlines()
    last = [json.loads(line) for line in lines[-2:]]
    assert mended is FAULTS["old-model"]
    assert [entry["kind"] for entry in last] == ["model", "model"]
    assert last[0]["details"] == {"from": "v12", "to": "v11"}
    assert world.fault is None


def test_the_monitors_delivery_is_read_as_an_alert(world: World) -> None:
    settings = read_settings(write_configuration(world.folder))
    senders = open_senders(
        settings, clock=world.clock, environment={"PLUMMET_DEMO_ALERT_TOKEN": "secret"}
    )
    monitor = Monitor(world, url="http://unused.invalid", token="secret")
    delivery = None
    world.break_model(DEFAULT_FAULT)
    while delivery is None:
        world.clock.leap(timedelta(minutes=15))
        world.step()
        delivery = monitor.look()

    alerts = (
        senders["alertmanager"]
        .read(json.dumps(delivery).encode(), headers={"authorization": "Bearer secret"})
        .alerts
    )

    assert [(a.model, a.metric, a.status) for a in alerts] == [("delays", "accuracy", "firing")]
    assert alerts[0].value is not None
    assert alerts[0].value < monitor.baseline - 0.05
