"""Two people roll a model back, through every real part and a registry over real HTTP."""

from typing import TYPE_CHECKING

import pytest

from tests.story.test_story import eventually, the_incident, the_room

if TYPE_CHECKING:
    from tests.actions.servers import Registry
    from tests.story.stage import World


@pytest.fixture
def more_settings(registry: "Registry") -> str:
    return f"""
[outgoing]
private = ["loopback"]

[models.delays.actions.rollback]
kind = "mlflow"
url = "{registry.url}"
registered_model = "fraud"
"""


def test_one_asks_another_approves_and_the_alias_moves_back(
    world: "World", registry: "Registry"
) -> None:
    world.alert(alertname="AccuracyLow", model="delays", metric="accuracy")
    room = the_room(world)
    maria, ben = world.member("maria"), world.member("ben")
    for member in (maria, ben):
        member.join(room)

    assert maria.slash(room, "/incident rollback worse since version 2").ok
    card = ben.sees(room, "POST")
    for words in (
        "Move the alias champion of fraud from version 2 to 1", "worse since version 2",
        f"{registry.url}/api/2.0/mlflow/registered-models/alias", '"version": "1"',
    ):  # fmt: skip
        assert words in card.says
    maria.press(room, card, "Approve")
    maria.sees(room, "somebody else has to approve it")
    assert registry.moves == []
    ben.press(room, card, "Approve")

    maria.sees(room, "Rolled back: move the alias champion of fraud from version 2 to 1")
    assert len(registry.moves) == 1
    assert registry.live == "1"
    eventually(lambda: the_incident(world).status == "mitigated")
    eventually(lambda: "approved by ben" in ben.sees(room, "POST").says)
    assert maria.slash(room, "/incident resolve version 1 serves again").ok
    maria.sees(room, "The post-mortem is written")
    document = (world.folder / "post-mortems" / f"{room}.md").read_text(encoding="utf-8")
    assert "Approved the rollback" in document
    assert "The rollback was carried out" in document
