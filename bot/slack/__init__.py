"""The Slack edge: the only room (with the wiring) that knows slack_bolt and slack_sdk.

`app.build_bolt` hears people, `room.SlackChat` speaks, `blocks.render` words a card,
`manifest.manifest` describes the app, `doctor` checks its tokens. Nothing is imported here, so
that the command line starts without Bolt.
"""
