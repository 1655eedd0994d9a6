"""Block Kit's figures, in one place."""

from typing import Final

BLOCKS: Final = {"message": 50, "modal": 100, "home": 100}
HEADER: Final = 150
SECTION: Final = 3000
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2000
CONTEXT_ELEMENTS: Final = 10
CONTEXT_TEXT: Final = 3000
ACTIONS: Final = 25
IMAGE_TEXT: Final = 2000
URL: Final = 3000
LABEL: Final = 2000
MARKDOWN: Final = 12_000
"""All markdown blocks of one message together."""
ID: Final = 255
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
PLACEHOLDER: Final = 150
SELECT_OPTIONS: Final = 100
OVERFLOW_OPTIONS: Final = 5
CHOICE_OPTIONS: Final = 10
CONFIRM: Final = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
INPUT_TEXT: Final = 3000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
CARD_TITLE: Final = 150
CARD_BODY: Final = 200
CARD_ACTIONS: Final = 3
CAROUSEL: Final = 10
CONTAINER: Final = 10
PLAN_TASKS: Final = 50
CONTEXT_ACTIONS: Final = 5
CHARTS: Final = 2
"""data_visualization blocks in one message."""
CHART_TITLE: Final = 50
CHART_POINTS: Final = 20
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3000
VIEW_BYTES: Final = 250_000
