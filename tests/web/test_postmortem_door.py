from typing import Any


def page(incident: str, slug: str) -> str | None:
    return "<h1>What happened</h1>" if (incident, slug) == ("1a2b", "right") else None


def test_whoever_has_the_address_reads_the_document(open_door: Any) -> None:
    answer = open_door(postmortem=page).http.get("/post-mortems/1a2b/right")

    assert (answer.status_code, answer.text) == (200, "<h1>What happened</h1>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_document_may_load_and_run_nothing(open_door: Any) -> None:
    answer = open_door(postmortem=page).http.get("/post-mortems/1a2b/right")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_any_other_address_shows_nothing(open_door: Any) -> None:
    door = open_door(postmortem=page)

    for path in ("1a2b/wrong", "ffff/right", "1a2b/%00", "%ff/%fe"):
        answer = door.http.get(f"/post-mortems/{path}")
        assert (answer.status_code, answer.text) == (404, "There is no such post-mortem.\n")
