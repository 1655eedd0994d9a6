"""HTTP mode: one request of Slack's through the same listeners."""

from collections.abc import Mapping, Sequence

from slack_bolt import App, BoltRequest


def dispatch(
    app: App, body: str, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, Sequence[str]], str]:
    """Answer a request: status, headers, body. It blocks until the acknowledgement.

    The signature is verified over the raw body. Bolt fails on a time stamp that is no number, so
    such a request is refused before.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    stamp = lower.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        return 401, {"content-type": ["application/json"]}, '{"error": "no time stamp"}'
    answer = app.dispatch(
        BoltRequest(body=body, headers={name: [value] for name, value in lower.items()})
    )
    return answer.status, answer.headers, answer.body
