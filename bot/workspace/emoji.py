"""Common emoji: by Slack's name, and those that the page draws itself, whatever fonts there are."""

from typing import Final

BY_NAME: Final[dict[str, str]] = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "eyes": "👀", "tada": "🎉",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌",
    "warning": "⚠️", "rotating_light": "🚨", "no_entry": "⛔", "no_entry_sign": "🚫",
    "red_circle": "🔴", "large_red_circle": "🔴", "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡", "large_green_circle": "🟢", "large_blue_circle": "🔵",
    "white_circle": "⚪", "black_circle": "⚫", "large_purple_circle": "🟣",
    "white_large_square": "⬜", "black_large_square": "⬛", "large_green_square": "🟩",
    "large_red_square": "🟥", "large_yellow_square": "🟨", "large_orange_square": "🟧",
    "large_blue_square": "🟦", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "clock1": "🕐",
    "stopwatch": "⏱️", "alarm_clock": "⏰", "mag": "🔍", "mag_right": "🔎", "question": "❓",
    "grey_question": "❔", "exclamation": "❗", "speech_balloon": "💬", "wrench": "🔧",
    "hammer_and_wrench": "🛠️", "pushpin": "📌", "round_pushpin": "📍", "memo": "📝",
    "clipboard": "📋", "page_facing_up": "📄", "bookmark": "🔖", "link": "🔗",
    "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈", "bar_chart": "📊",
    "arrow_right": "➡️", "arrow_up": "⬆️", "arrow_down": "⬇️", "fast_forward": "⏩",
    "black_right_pointing_double_triangle_with_vertical_bar": "⏭️", "repeat": "🔁",
    "arrows_counterclockwise": "🔄", "rocket": "🚀", "fire": "🔥", "bug": "🐛", "bulb": "💡",
    "bell": "🔔", "no_bell": "🔕", "lock": "🔒", "key": "🔑", "package": "📦", "gear": "⚙️",
    "robot_face": "🤖", "wave": "👋", "pray": "🙏", "raised_hands": "🙌", "clap": "👏",
    "heart": "❤️", "smile": "😄", "slightly_smiling_face": "🙂", "thinking_face": "🤔",
    "sob": "😭", "bust_in_silhouette": "👤", "busts_in_silhouette": "👥", "calendar": "📆",
    "star": "⭐", "sparkles": "✨", "zap": "⚡", "airplane": "✈️",
    "information_source": "\u2139\ufe0f",
    "black_square_for_stop": "⏹️", "arrow_forward": "▶️", "double_vertical_bar": "⏸️",
}  # fmt: skip

DRAWN: Final[dict[str, str]] = {
    "🔴": "dot red", "🟠": "dot orange", "🟡": "dot yellow", "🟢": "dot green", "🔵": "dot blue",
    "🟣": "dot purple", "⚪": "dot white", "⚫": "dot black", "🟥": "box red", "🟧": "box orange",
    "🟨": "box yellow", "🟩": "box green", "🟦": "box blue", "⬜": "box white", "⬛": "box black",
    "✅": "box green tick", "☑": "box blue tick", "✔": "bare tick", "❌": "bare cross",
    "⚠": "warning", "❓": "round red ask", "❔": "round grey ask", "⏳": "round grey wait",
    "⌛": "round grey wait", "⏭": "box blue skip", "💬": "bubble", "🔧": "wrench", "📌": "pin",
    "👀": "eyes", "👍": "thumb",
}  # fmt: skip
"""Characters that the style sheet draws, and in which class."""
