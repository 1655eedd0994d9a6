"""The pinned situation card and the line in the announcement channel."""

from bot import cards
from bot.incident import SEVERITIES, Incident
from bot.slack import limits, vocabulary
from bot.slack.blocks import words
from bot.slack.blocks.parts import actions, button, context, fields, header, option, section, select
from bot.slack.limits import Block, cut
from bot.slack.mrkdwn import channel, escape, link, mention
from bot.slack.reference import Reference

_SENTENCE = 600
"""More of a hypothesis than this belongs in the ranking, not on the card read at three."""


def situation(card: cards.Situation) -> tuple[str, list[Block]]:
    """Headline, why, what next; then the facts; then what one can do."""
    incident = card.incident
    blocks = [
        header(words.headline(incident), block_id="situation.head"),
        section(_story(card), block_id="situation.story"),
        fields(_facts(incident), block_id="situation.facts"),
        actions(_verbs(incident), block_id="situation.verbs"),
        actions(_rest(incident), block_id="situation.more"),
        context(_small_print(card), block_id="situation.links"),
    ]
    return _one_line(incident), blocks


def announcement(card: cards.Announcement) -> tuple[str, list[Block]]:
    """Two lines: what, and who is on it where."""
    incident = card.incident
    what = f"*{escape(cut(words.headline(incident), 300))}*"
    where = channel(incident.room, incident.room_name)
    since = f"since {words.moment(words.since(incident))}"
    lead = f"{escape(cut(incident.lead.name, 80))} leads" if incident.lead else "nobody leads yet"
    likely = escape(cut(f"likely: {words.likely(incident.diagnosis)}", _SENTENCE))
    blocks = [
        section(" · ".join(filter(None, (what, since, where))), block_id="announcement.what"),
        context(f"#{incident.number} · {lead} · {likely}", block_id="announcement.why"),
    ]
    return _one_line(incident), blocks


def _one_line(incident: Incident) -> str:
    likely = f" · likely: {words.likely(incident.diagnosis)}" if incident.diagnosis else ""
    return f"{words.headline(incident)} since {words.moment(words.since(incident))}{likely}"


def _story(card: cards.Situation) -> str:
    incident = card.incident
    if incident.status == "resolved":
        cause = incident.cause or words.likely(incident.diagnosis)
        lines = {"Cause": cause, "Resolved by": incident.resolution or "not said"}
    else:
        lines = {"Likely": words.likely(incident.diagnosis), "Next": card.next_step or "–"}
    if card.first_look and incident.diagnosis is None:
        lines = {"So far": card.first_look} | lines
    if incident.status == "mitigated":
        lines["Mitigated by"] = incident.mitigation or "not said"
    return "\n".join(
        f"*{label}:* {escape(cut(' '.join(says.split()), _SENTENCE))}"
        for label, says in lines.items()
    )


def _facts(incident: Incident) -> dict[str, str]:
    diagnosis = incident.diagnosis
    facts = {
        "Model": escape(cut(incident.model or "not known yet", 200)),
        "Metric": escape(cut(incident.key.metric or "not known yet", 200)),
    }
    if diagnosis:
        facts["Baseline"] = words.measured(diagnosis.baseline)
        facts["Now"] = words.measured(diagnosis.current)
    elif deep := words.how_deep(incident):
        facts["Alert says"] = deep
    facts["Since"] = words.moment(words.since(incident)) + _how_it_began(incident)
    facts["Severity"] = incident.severity.upper()
    facts["Lead"] = mention(incident.lead) if incident.lead else "nobody yet"
    facts["Status"] = _status(incident)
    facts["Alerts"] = f"{incident.firing} fired, {incident.cleared} cleared"
    return facts


def _how_it_began(incident: Incident) -> str:
    onset = incident.diagnosis.onset if incident.diagnosis else None
    return f" ({onset.shape})" if onset else ""


def _status(incident: Incident) -> str:
    if incident.status == "mitigated" and incident.recovered_at:
        return "mitigated, metric recovered"
    if incident.status == "mitigated" and incident.reading:
        return f"mitigated, {words.count(incident.good_windows, 'good window')} in a row"
    return incident.status


def _verbs(incident: Incident) -> list[Block]:
    about = Reference(incident=incident.id).packed(limits.BUTTON_VALUE)
    if incident.status == "resolved":
        return [
            button("Reopen", action_id=vocabulary.REOPEN, value=about),
            button("Post-mortem", action_id=vocabulary.POSTMORTEM, value=about, style="primary"),
        ]
    lead = button(
        "Take the lead", action_id=vocabulary.LEAD, value=about,
        style=None if incident.lead else "primary",
    )  # fmt: skip
    return [
        lead,
        button("Run a check", action_id=vocabulary.OPEN_RUN, value=about),
        button("Add finding", action_id=vocabulary.OPEN_FINDING, value=about),
        button("Add action", action_id=vocabulary.OPEN_ACTION, value=about),
    ]


def _rest(incident: Incident) -> list[Block]:
    about = Reference(incident=incident.id).packed(limits.BUTTON_VALUE)
    best = incident.diagnosis.best if incident.diagnosis else None
    cause = Reference(incident=incident.id, value=best.cause if best else "")
    if incident.status == "resolved":
        return [button("Add action", action_id=vocabulary.OPEN_ACTION, value=about)]
    mitigated = incident.status == "mitigated"
    return [
        _severity(incident),
        button(
            "Mitigated again" if mitigated else "Mitigated", action_id=vocabulary.OPEN_MITIGATE,
            value=about,
        ),
        button(
            "Resolve", action_id=vocabulary.OPEN_RESOLVE, value=cause.packed(limits.BUTTON_VALUE),
            style="primary" if incident.recovered_at else None,
        ),
        button("Post-mortem", action_id=vocabulary.POSTMORTEM, value=about),
    ]  # fmt: skip


def _severity(incident: Incident) -> Block:
    options = {
        level: option(
            level.upper(),
            Reference(incident=incident.id, value=level).packed(limits.OPTION_VALUE),
        )
        for level in SEVERITIES
    }
    return select(
        "Severity", action_id=vocabulary.SEVERITY, options=list(options.values()),
        initial=options[incident.severity],
    )  # fmt: skip


def _small_print(card: cards.Situation) -> str:
    incident = card.incident
    title = escape(cut(" ".join(incident.title.split()), 300))
    links = [link(one.url, cut(one.says, 100)) for one in card.links[:10] if len(one.url) < 300]
    more = len(card.links) - len(links)
    updated = f"updated {words.moment(incident.updated_at)}"
    parts = [f"#{incident.number} {title}", *links, f"… and {more} more links" if more else ""]
    return " · ".join(filter(None, [*parts, updated]))
