"""A diagnosis for a person: plain text for a terminal, Markdown for everything else."""

from collections.abc import Iterator, Sequence

from bot.checks.words import figure, percent, portion, rows, when
from bot.incident import Diagnosis, Finding, Hypothesis, Measure

VERDICTS = {
    "degraded": "has fallen",
    "healthy": "is where its history says it should be",
    "no_labels": "cannot be judged: too few labels",
}


def as_text(diagnosis: Diagnosis) -> str:
    """The best cause first, what speaks for and against it, what to do; then every finding."""
    lines = [headline(diagnosis), *measured(diagnosis), ""]
    for place, hypothesis in enumerate(diagnosis.hypotheses, start=1):
        lines += _cause(place, hypothesis, diagnosis.findings)
    lines += ["", "Findings"]
    lines += [f"  {f.id:>4} {f.verdict:<8} {f.check:<18} {f.says}" for f in diagnosis.findings]
    return "\n".join(lines) + "\n"


def as_markdown(diagnosis: Diagnosis) -> str:
    """The same in Markdown."""
    lines = [f"# {_escaped(headline(diagnosis))}", ""]
    lines += [f"- {_escaped(line)}" for line in measured(diagnosis)]
    lines += ["", "## Probable causes", ""]
    for place, hypothesis in enumerate(diagnosis.hypotheses, start=1):
        first, *rest = _cause(place, hypothesis, diagnosis.findings)
        lines += [f"{place}. **{_escaped(first.partition('. ')[2])}**"]
        lines += [f"   - {_escaped(line.strip())}" for line in rest]
    lines += ["", "## Findings", "", "| id | check | verdict | what |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {f.id} | `{f.check}` | {f.verdict} | {_escaped(f.says)} |" for f in diagnosis.findings
    ]
    return "\n".join(lines) + "\n"


def headline(diagnosis: Diagnosis) -> str:
    """The model, the metric and the verdict, in a sentence."""
    return f"{diagnosis.model}: {diagnosis.metric} {VERDICTS[diagnosis.verdict]}"


def measured(diagnosis: Diagnosis) -> Iterator[str]:
    """The metric before and now, and since when, a line each."""
    yield f"before: {_measure(diagnosis.metric, diagnosis.baseline)}"
    yield f"now:    {_measure(diagnosis.metric, diagnosis.current)}"
    onset = diagnosis.onset
    if onset is not None:
        yield (
            f"since:  {when(onset.time)} ({onset.shape}; between {when(onset.low)} and"
            f" {when(onset.high)})"
        )


def _measure(metric: str, measure: Measure) -> str:
    span = f"{when(measure.start)} to {when(measure.end)}"
    return f"{figure(metric, measure.value)} over {rows(measure.rows)} with a label, {span}"


def _cause(place: int, hypothesis: Hypothesis, findings: Sequence[Finding]) -> list[str]:
    name = hypothesis.cause.replace("_", " ")
    where = [*hypothesis.features, *(_segment(segment) for segment in hypothesis.segments)]
    tail = f" in {', '.join(where)}" if where else ""
    change = f", change {hypothesis.change}" if hypothesis.change else ""
    lines = [f"{place}. {name} ({percent(hypothesis.confidence)}){tail}{change}"]
    lines.append(f"   {hypothesis.says}")
    if hypothesis.share is not None:
        lines.append(
            f"   its part: {portion(hypothesis.share)} of the extra errors lie in its rows"
        )
    known = {finding.id: finding for finding in findings}
    for word, ids in (("for", hypothesis.evidence), ("against", hypothesis.against)):
        lines += [f"   {word} {one}: {known[one].says}" for one in ids if one in known]
    lines += [f"   not known: {missing}" for missing in hypothesis.missing]
    lines += [f"   do next: {action.says} [{action.kind}]" for action in hypothesis.actions]
    return lines


def _segment(segment: dict[str, str]) -> str:
    return " and ".join(f"{column} {value}" for column, value in sorted(segment.items()))


def _escaped(text: str) -> str:
    """Text from outside that Markdown must not read as markup or as a column of a table."""
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", " ")
