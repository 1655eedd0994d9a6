"""What a button carries: the incident it belongs to, a step of it, and a value."""

from dataclasses import dataclass

_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a press of a button is about; `value` comes last, so that a cut can only shorten it."""

    incident: str
    step: str = ""
    value: str = ""

    def packed(self, limit: int) -> str:
        """As one text for a button's or option's value."""
        return _SEPARATOR.join((self.incident, self.step, self.value))[:limit]


def unpacked(text: str) -> Reference:
    """The reference a button carried."""
    incident, _, rest = text.partition(_SEPARATOR)
    step, _, value = rest.partition(_SEPARATOR)
    return Reference(incident=incident, step=step, value=value)
