"""Messages such as the bot writes, with every block and element that the page draws."""

from typing import Any

Json = dict[str, Any]

AT = 1772625600
"""2026-03-04 12:00 UTC."""


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def button(label: str, action: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action, **more}


def alert_blocks() -> list[Json]:
    return [
        {"type": "header", "text": plain("🔴 Log backup of pay/orders has FAILED")},
        {
            "type": "section",
            "text": mrkdwn(
                "OCP reports *FAILED*: the archive destination is full.\n"
                "It is *26 min* behind, since "
                f"<!date^{AT - 1560}^{{date_short_pretty}} {{time}}|2026-03-04 11:34 UTC>.\n"
                "> _No space left on device_ `file:///obbackup/pay`"
            ),
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": plain("Show the history"), "value": "history"},
                    {"text": plain("Show the task"), "value": "task"},
                ],
            },
        },
        {
            "type": "section",
            "fields": [
                mrkdwn("*Cluster*\npay (2.2.52)"),
                mrkdwn("*Tenant*\norders"),
                mrkdwn("*Severity*\n:rotating_light: critical"),
                mrkdwn("*Assigned to*\n<@U0000ANNA1>"),
            ],
        },
        {
            "type": "actions",
            "elements": [
                button("Acknowledge", "ack", style="primary", value="ack 1"),
                button("Silence…", "silence", value="silence 1"),
                button(
                    "Resolve",
                    "resolve",
                    style="danger",
                    confirm={
                        "title": plain("Resolve incident 1?"),
                        "text": mrkdwn("It will be *forgotten* until it breaks again."),
                        "confirm": plain("Resolve"),
                        "deny": plain("Keep it"),
                        "style": "danger",
                    },
                ),
                {
                    "type": "static_select",
                    "action_id": "assign",
                    "placeholder": plain("Assign to…"),
                    "options": [
                        {"text": plain("Anna"), "value": "anna"},
                        {"text": plain("Ben"), "value": "ben"},
                    ],
                },
            ],
        },
        {
            "type": "context",
            "elements": [
                mrkdwn(
                    f"Incident 1 · OCP prod read <!date^{AT}^{{ago}}|at noon> · "
                    "see <#C1|alerts> and `/logbackup incident 1`"
                )
            ],
        },
    ]


def status_blocks() -> list[Json]:
    return [
        {
            "type": "section",
            "text": mrkdwn("*2 of 48 tasks need you*        3 clusters · OCP prod read 12 s ago"),
        },
        {"type": "divider"},
        {
            "type": "section",
            "text": mrkdwn(
                ":red_circle: *pay*     12 tasks   orders *FAILED* for 26 min · ledger 41 min behind\n"
                ":large_green_circle: *shop*   20 tasks   worst delay 1 min 40 s\n"
                ":large_green_circle: *crm*     16 tasks   worst delay 58 s"
            ),
        },
        {
            "type": "actions",
            "elements": [
                button("Tasks of pay", "tasks_pay", style="primary"),
                button("All tasks", "tasks_all"),
                button("Share", "share"),
            ],
        },
    ]


def table_blocks() -> list[Json]:
    def raw(text: str) -> Json:
        return {"type": "raw_text", "text": text}

    def bold(text: str) -> Json:
        part = {"type": "text", "text": text, "style": {"bold": True}}
        return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}

    rows = [
        [raw("Task"), raw("Status"), raw("Delay"), raw("Checkpoint"), raw("Path")],
        *(
            [
                bold(f"{name}"),
                raw(status),
                {"type": "raw_number", "value": seconds, "text": f"{seconds // 60} min"},
                raw("2026-03-04 11:34 UTC"),
                raw("file:///obbackup/pay"),
            ]
            for name, status, seconds in (
                ("pay/orders", "🔴 FAILED", 1560),
                ("pay/ledger", "🟠 RUNNING", 2460),
                ("shop/cart", "🟢 RUNNING", 100),
                ("crm (whole cluster)", "🟢 RUNNING", 58),
            )
        ),
    ]
    settings = [{"is_wrapped": True}, None, {"align": "right"}]
    return [
        {"type": "section", "text": mrkdwn("*4 tasks*, the worst first")},
        {"type": "table", "rows": rows, "column_settings": settings},
        {"type": "context", "elements": [mrkdwn("and 44 more: `/logbackup tasks page:2`")]},
    ]


def rich_blocks() -> list[Json]:
    words = [
        {"type": "text", "text": "Report ", "style": {"bold": True}},
        {"type": "emoji", "name": "bar_chart"},
        {"type": "text", "text": " for "},
        {"type": "user", "user_id": "U0000ANNA1"},
        {"type": "text", "text": " and "},
        {"type": "broadcast", "range": "here"},
        {"type": "text", "text": ", see "},
        {"type": "link", "url": "https://ocp.example.com/", "text": "OCP"},
        {"type": "text", "text": " at "},
        {"type": "date", "timestamp": AT, "format": "{date_short} {time}", "fallback": "noon"},
    ]
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": one}]}
        for one in ("three incidents", "two over the limit", "the longest took 41 min")
    ]
    return [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": words},
                {"type": "rich_text_list", "style": "bullet", "elements": items},
                {
                    "type": "rich_text_quote",
                    "elements": [{"type": "text", "text": "What is not measured is not known."}],
                },
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": "pay/orders  FAILED\nshop/cart   RUNNING"}],
                },
            ],
        },
        {
            "type": "markdown",
            "text": "## Why\n1. The **disk** filled up\n2. *Nobody* saw it\n\n"
            "| Tenant | Lost |\n|---|---|\n| orders | 26 min |\n",
        },
    ]


def dialog_view(preview: str = "No alert is posted while the silence lasts. The incident stays.") -> Json:
    def option(text: str, value: str) -> Json:
        return {"text": plain(text), "value": value}

    return {
        "type": "modal",
        "callback_id": "silence",
        "title": plain("Silence pay/orders"),
        "submit": plain("Silence"),
        "close": plain("Not now"),
        "blocks": [
            {
                "type": "section",
                "text": mrkdwn(preview),
            },
            {
                "type": "input",
                "block_id": "length",
                "label": plain("For how long"),
                "dispatch_action": True,
                "element": {
                    "type": "static_select",
                    "action_id": "length",
                    "options": [option("1 hour", "1h"), option("4 hours", "4h"), option("1 day", "1d")],
                    "initial_option": option("1 hour", "1h"),
                },
            },
            {
                "type": "input",
                "block_id": "reason",
                "label": plain("Why"),
                "hint": plain("People who look later read this."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "reason",
                    "multiline": True,
                    "max_length": 200,
                },
            },
            {
                "type": "input",
                "block_id": "whom",
                "optional": True,
                "label": plain("What else"),
                "element": {
                    "type": "checkboxes",
                    "action_id": "whom",
                    "options": [
                        option("The whole cluster", "cluster"),
                        option("The same destination", "destination"),
                    ],
                },
            },
            {
                "type": "input",
                "block_id": "until",
                "optional": True,
                "label": plain("Not later than"),
                "element": {"type": "datetimepicker", "action_id": "until"},
            },
        ],
    }


def home_view() -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Log backup at a glance")},
            *status_blocks()[:3],
            {"type": "actions", "elements": [button("Look again", "home_refresh")]},
        ],
    }
