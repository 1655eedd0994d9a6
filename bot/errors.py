"""Every error Plummet raises, drawn once.

PlummetError                 says what, where and what to do
├── SettingsError            the configuration cannot be used (exit status 2)
├── SourceError              a data source cannot be read (exit status 2; in an incident a finding)
├── AlertError               an alert's body or its proof of origin cannot be accepted
│   ├── UnreadableAlert      400, kept as a dead letter
│   └── UnprovenAlert        401 (503 if it may be proven later), kept without its body
├── ListenError              the server cannot listen where the configuration says
├── PlaybookError            a playbook is wrong: file, line, what, nearest right name
├── ActionError              a call that acts on a team's own system was refused, or did not answer
├── CheckError               a check cannot run on this evidence; becomes a finding `unknown`
├── StoreError               the store is locked by another process, or its schema is newer
├── RequestError             a person's command cannot be done; the words go back to the person
├── RenderError              a template cannot be rendered
└── ChatError                the chat refused or did not answer
"""


class PlummetError(Exception):
    """The root: whatever is raised on purpose."""


class SettingsError(PlummetError):
    """The configuration cannot be used."""


class SourceError(PlummetError):
    """A data source cannot be read; `permanent` when asking again will not help."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


class AlertError(PlummetError):
    """An alert that cannot be accepted."""


class UnreadableAlert(AlertError):  # noqa: N818 - the name is the fact, as in http libraries
    """The body is not what this sender sends."""


class UnprovenAlert(AlertError):  # noqa: N818 - likewise
    """The request does not prove that it comes from the configured sender.

    `again` when it may the next time: whoever had to be asked did not answer.
    """

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class ListenError(PlummetError):
    """The server cannot listen on this address."""


class PlaybookError(PlummetError):
    """A playbook is wrong."""


class ActionError(PlummetError):
    """A call that acts on a team's own system did not do what it should.

    `again` when it may have been done all the same, or a repeat may do it.
    """

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class CheckError(PlummetError):
    """A check cannot run on this evidence; the message says what is missing."""


class StoreError(PlummetError):
    """The store cannot be opened or used."""


class RequestError(PlummetError):
    """A person asked for something that cannot be done; the message shows the right form."""


class RenderError(PlummetError):
    """A template cannot be rendered."""


class ChatError(PlummetError):
    """The chat refused or did not answer.

    `code` is Slack's error code; `permanent` when a repeat cannot succeed; `uncertain` when the
    write may have happened all the same; `retry_after` in seconds where the chat named one.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        permanent: bool = False,
        uncertain: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.permanent = permanent
        self.uncertain = uncertain
        self.retry_after = retry_after
