"""What people do in words: give, note, silence, subscribe, look back; said in a thread and elsewhere."""

from zoneinfo import ZoneInfo

import pytest

from bot.commands import mentioned, parse, to_text
from bot.errors import UserMistake
from tests.commands.every_command import NOW

KNOWN = ("pay", "pay/orders", "shop")


def said(text: str, *, in_thread: bool = False) -> str:
    """Give the plainest text of what somebody said; NOW is a Saturday at four in the morning in Berlin."""
    command = parse(
        text,
        now=NOW,
        zone=ZoneInfo("Europe/Berlin"),
        is_name=KNOWN.__contains__,
        in_thread=in_thread,
        names={"U7": "Ana"},
    )
    return to_text(command)


def mistake(text: str, *, in_thread: bool = False) -> UserMistake:
    with pytest.raises(UserMistake) as caught:
        said(text, in_thread=in_thread)
    return caught.value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ack this", "ack"),
        ("*ack*", "ack"),
        ("ack incident 42", "ack 42"),
        ("ack group #42", "ack 42"),
        ("ack 42.", "ack 42"),
        ("ack source:prod pay", "ack pay source:prod"),
        ('ack "42"', 'ack "42"'),
        ("ack 0", 'ack "0"'),
        ("assign", "assign ask"),
        ("assign me", "assign me"),
        ("assign to me", "assign me"),
        ("assign no one", "assign nobody"),
        ("assign <@U7>", "assign @U7"),
        ("assign <@U7|ana>", "assign @U7"),
        ("assign @ana lovelace", 'assign "ana lovelace"'),
        ("assign 42", "assign 42 ask"),
        ("assign pay/orders ask", "assign pay/orders ask"),
        ("assign 42 ana", "assign 42 @ana"),
        ("assign 42 to ana", "assign 42 @ana"),
        ("assign shop ana", "assign shop @ana"),
        ("assign archive to ana", "assign archive @ana"),
        ("assign archive @ana", "assign archive @ana"),
        ('assign archive "Ana L"', 'assign archive "Ana L"'),
        ("assign archive ask", "assign archive ask"),
        ("assign archive cluster:pay me", "assign archive cluster:pay me"),
        ("assign me 42", "assign 42 me"),
        ("assign <@U7> to pay/orders", "assign pay/orders @U7"),
        ("assign ana to 42", "assign 42 @ana"),
        ("assign me cluster:pay", "assign cluster:pay me"),
        ("assign nobody me", 'assign "nobody" me'),
        ('assign "Bob: Builder"', 'assign "Bob: Builder"'),
        ("history pay 14", "history pay 14d"),
        ("history pay 14 days", "history pay 14d"),
        ("history last 2 weeks", "history 14d"),
        ("history 42", "history 42"),
        ("history pay 7d", "history pay"),
        ("chart last 24 hours", "chart 1d"),
        ("chart for the last 90m pay", "chart pay 1h30m"),
        ("chart pay since:2h", "chart pay from:2026-03-14T01:00:00Z"),
        ("chart 42 since:2h", "chart 42 from:2026-03-14T01:00:00Z"),
        ("digest pay since:1d", "digest pay since:2026-03-13T03:00:00Z"),
        ("incident this", "incident this"),
        ("unsubscribe", "unsubscribe"),
        ("unsubscribe 3", "unsubscribe 3"),
        ("unsubscribe pay", "unsubscribe pay"),
        ("subscribe pay/* problem:failed,stalled", "subscribe pay/* problem:failed,stalled"),
        ("subscriptions", "subscriptions"),
        ("unsilence silence 7", "unsilence 7"),
        ("unsilence pay/orders", "unsilence pay/orders"),
        ("unsilence cluster:pay tenant:orders", "unsilence cluster:pay tenant:orders"),
        ("silences pay page:2", "silences pay page:2"),
        ("extend 7", "extend 7"),
        ("extend 7 until resolved", "extend 7 until resolved"),
        ("extend 7 to:18:00", "extend 7 until 2026-03-14T17:00:00Z"),
    ],
)
def test_an_act_is_understood_however_it_is_said(text: str, meant: str) -> None:
    assert said(text) == meant
    assert said(meant) == meant


@pytest.mark.parametrize(
    ("text", "elsewhere", "in_thread"),
    [
        ("assign pay", "assign pay ask", "assign @pay"),
        ("note", "note ask", "note ask"),
        ("note ask", "note ask", "note ask"),
        ("note disk replaced", "note text:disk replaced", "note text:disk replaced"),
        ("note 3 disks", "note 3 text:disks", "note text:3 disks"),
        ("note #3 disks", "note 3 text:disks", "note 3 text:disks"),
        ("note 3", "note 3 ask", "note text:3"),
        ("note pay is slow", "note pay text:is slow", "note text:pay is slow"),
        ("note 3 text:disks", "note 3 text:disks", "note 3 text:disks"),
        ("note pay text:it is", "note pay text:it is", "note pay text:it is"),
        ("note shop ask", "note shop ask", "note shop ask"),
        ("note nfs cluster:pay", "note nfs cluster:pay ask", 'note text:"nfs cluster:pay"'),
        ("note cluster:pay down", "note cluster:pay text:down", 'note text:"cluster:pay down"'),
        ('note "all of it"', "note text:all of it", "note text:all of it"),
        ("note fixed: restarted", 'note text:"fixed: restarted"', 'note text:"fixed: restarted"'),
        ("note see https://x.example/a", None, 'note text:"see https://x.example/a"'),
        (
            "note <https://x.example/a|wiki> by <@U7>",
            'note text:"wiki (https://x.example/a) by @Ana"',
            'note text:"wiki (https://x.example/a) by @Ana"',
        ),
        ("silence", "silence", "silence"),
        ("silence ask", "silence ask", "silence ask"),
        ("silence 2h disk", "silence until 2026-03-14T05:00:00Z reason:disk", None),
        ("silence for 2h", "silence until 2026-03-14T05:00:00Z", None),
        ("silence 42", "silence #42", "mistake"),
        ("silence 42 2h", "silence 42 until 2026-03-14T05:00:00Z", None),
        ("silence #42 disk", "silence 42 reason:disk", None),
        ("silence 42 disks", "silence 42 reason:disks", "silence reason:42 disks"),
        ("silence pay", 'silence "pay"', None),
        ("silence disk", 'silence "disk"', "silence reason:disk"),
        ("silence pay disk", "silence pay reason:disk", "silence reason:pay disk"),
        ("silence nfs disk", "silence reason:nfs disk", None),
        ("silence nfs 2h disk", "silence nfs until 2026-03-14T05:00:00Z reason:disk", None),
        ("silence nfs ask", "silence nfs ask", None),
        ("silence pay/* disk", "silence pay/* reason:disk", None),
        ("silence pay from now 2h", "silence pay until 2026-03-14T05:00:00Z", None),
        (
            "silence pay from 22:00 for 2h",
            "silence pay from:2026-03-14T21:00:00Z until 2026-03-14T23:00:00Z",
            None,
        ),
        (
            "silence pay from:tomorrow 9 to:tomorrow 10",
            "silence pay from:2026-03-15T08:00:00Z until 2026-03-15T09:00:00Z",
            None,
        ),
        ('silence pay until:"18:00" x', "silence pay until 2026-03-14T17:00:00Z reason:x", None),
        ("silence pay from", "silence pay reason:from", "silence reason:pay from"),
        ("silence from home", "silence reason:from home", None),
        ("silence until it's resolved we know", "silence until resolved reason:we know", None),
        ("silence until tomorrow 9 swap", "silence until 2026-03-15T08:00:00Z reason:swap", None),
        ("silence tomorrow 9", "silence until 2026-03-15T08:00:00Z", None),
        ("silence 18:00", "silence until 2026-03-14T17:00:00Z", None),
        (
            "silence cluster:pay problem:lagging severity:warning 1d load",
            "silence cluster:pay problem:lagging severity:warning until 2026-03-15T03:00:00Z reason:load",
            None,
        ),
        ("silence pay 2h reason: a:b c", 'silence pay until 2026-03-14T05:00:00Z reason:"a:b c"', None),
        ("silence pay 2h ask ana", "silence pay until 2026-03-14T05:00:00Z reason:ask ana", None),
        ("silence pay 2h ask", "silence pay until 2026-03-14T05:00:00Z reason:ask", None),
    ],
)
def test_in_a_thread_peoples_own_words_come_first(
    text: str, elsewhere: str | None, in_thread: str | None
) -> None:
    """Elsewhere a number or a known name says what is meant; None is for the same as there."""
    if elsewhere is not None:
        assert said(text) == elsewhere
    if in_thread != "mistake":
        assert said(text, in_thread=True) == (in_thread or elsewhere)


@pytest.mark.parametrize(
    ("text", "sentence", "suggestions"),
    [
        (
            "ack 42 43",
            'ack takes one incident or name: "43" is one too many.',
            ("ack 42", "ack 43"),
        ),
        (
            "ack pay orders",
            'ack takes one incident or name: "orders" is one too many.',
            ("ack pay/orders", "ack pay"),
        ),
        ("ack extra words", 'ack takes one incident or name: "words" is one too many.', ()),
        ("chart shop 2h words", None, ("chart shop 2h",)),
        ("ack this please", 'ack takes one incident or name: "please" is one too many.', ("ack this",)),
        ("ack 42 cluster:pay", 'Incident 42 says it all: leave "cluster:pay" out.', ()),
        ('ack ""', "The name is empty. Write it between the quotes, or leave them out.", ()),
        ("ack cluser:pay", None, ("help ack",)),
        ("assign 42 <@U7> <@U8>", 'One person at a time: "@U8" is one too many.', ()),
        ('assign ""', "Say to whom: assign @ana, assign me, or assign nobody.", ("assign me",)),
        ("assign 42 " + "x" * 81, "Say to whom: assign @ana, assign me, or assign nobody.", ("assign me",)),
        (
            "assign me 42 43",
            'assign takes one incident or name: "43" is one too many.',
            ("assign me 42", "assign me 43"),
        ),
        ("note text:", "text needs a value, for example text:disk replaced.", ()),
        ("note text:\u200e\u0001", "The note is empty. Say what is to be kept: note disk replaced.", ()),
        ("note " + "x " * 300, "That is too long: say it in at most 500 characters.", ()),
        (
            "chart pay 2h since:1d",
            "A length and since:, from: or to: both say what to draw. Leave one of them out.",
            (),
        ),
        ("history pay 36h", "The history is told by whole days. Write history pay 14d.", ()),
        ("history pay 400", '"400 days" is too long: a year at most.', ()),
        ("history pay soon", '"soon" is not a number of days. Write a number from 1 on.', ()),
        (
            "incident pay",
            '"pay" is not the number of an incident. Write a number from 1 on.',
            ("incidents pay",),
        ),
        (
            "unsilence this",
            "Say which silence, by its number: unsilence 7. silences lists them.",
            ("silences",),
        ),
        ("unsilence 7 8", 'unsilence takes one number: "8" is one too many.', ("unsilence 7", "unsilence 8")),
        ("unsilence 7 now", 'unsilence takes one number: "now" is one too many.', ("unsilence 7",)),
        ("extend 7 soon", '"soon" is not a time to come. Write extend 7 2h or extend 7 until 18:00.', ()),
        ("extend 7 2h x", '"x" is not a time to come. Write extend 7 2h or extend 7 until 18:00.', ()),
        (
            "subscriptions x",
            'subscriptions stands alone: leave "x" out.',
            ("subscriptions",),
        ),
        ("silence forever", "A silence ends some day. Write until resolved, or a length: 30d.", ()),
        ("silence for ever", "A silence ends some day. Write until resolved, or a length: 30d.", ()),
        ("silence until", None, ()),
        ("silence until soon", None, ()),
        ("silence until:soon", None, ()),
        (
            "silence pay until monday morning",
            '"monday morning" has no hour. Write until monday 9:00.',
            (),
        ),
        (
            "silence pay 30",
            "30 minutes or hours? Write 30m or 30h.",
            ("silence pay 30m", "silence pay 30h"),
        ),
        (
            "silence pay 30mn",
            '"30mn" is no length of time. Write 45m, 2h30m or 1d.',
            ("silence pay 30m", "silence pay reason:30mn"),
        ),
        (
            "silence pay for 2x the disk is copied",
            '"2x" is no length of time. Write 45m, 2h30m or 1d.',
            ("silence pay 2m", "silence pay reason:for 2x the disk is copied"),
        ),
        (
            "silence pay for 30",
            "30 minutes or hours? Write 30m or 30h.",
            ("silence pay 30m", "silence pay 30h"),
        ),
        (
            "silence pay from:soon 2h",
            '"soon" is not a time to come. Write from:22:00, from:tomorrow 9:00 or from:2026-01-31 14:00.',
            (),
        ),
        (
            "silence pay from:22:00 from:23:00 2h",
            "from: is there once, before the end. Leave one out, or swap them.",
            (),
        ),
        (
            "silence pay until:18:00 from:17:00",
            "from: is there once, before the end. Leave one out, or swap them.",
            (),
        ),
        ("silence pay until:18:00 to:19:00", '"to:19:00" is a second end. Leave one of them out.', ()),
        (
            "silence pay from:tomorrow until:today 23:00",
            '"today 23:00" is before it begins. Write a later end, or a length: 2h.',
            (),
        ),
        (
            "silence pay from:2026-03-20 to:2026-03-19",
            '"2026-03-19" is before it begins. Write a later end, or a length: 2h.',
            (),
        ),
        (
            "silence pay from:2026-03-20 to:2026-03-01",
            '"2026-03-01" is over. Write a time to come: 2h, 18:00 or tomorrow 9:00.',
            (),
        ),
        ("silence pay to:2026-03-01", None, ()),
        (
            "silence pay storage team 2h",
            "The time comes before the reason.",
            ("silence pay 2h storage team", "silence pay reason:storage team 2h"),
        ),
        (
            "silence pay work for ana until then 2h",
            "The time comes before the reason.",
            ("silence pay 2h work for ana until then", "silence pay reason:work for ana until then 2h"),
        ),
        (
            "silence pay storage until tomorrow 9",
            "The time comes before the reason.",
            ("silence pay until tomorrow 9 storage", "silence pay reason:storage until tomorrow 9"),
        ),
        (
            "silence pay 2h problem:lagging",
            '"problem:lagging" is a filter: it comes before the time.',
            ("silence problem:lagging pay 2h", "silence pay 2h reason:problem:lagging"),
        ),
        (
            "silence pay 2h until 18:00",
            '"until" begins a second time. Say one, and then the reason.',
            ("silence pay 2h reason:until 18:00",),
        ),
        ("silence pay 2h until the team is in", None, ("silence pay 2h reason:until the team is in",)),
        ("silence pay 9999999999d", None, ()),
        (
            "silence pay problem:laging 2h",
            None,
            ("silence pay problem:lagging 2h",),
        ),
        (
            "silence everything",
            '"everything" is no name here: * means all that is watched.',
            ("silence *",),
        ),
        (
            "mute problem:lagging All 2h disk swap",
            '"All" is no name here: * means all that is watched.',
            ("silence problem:lagging * 2h disk swap",),
        ),
        ("zzz yyy", '"zzz" is neither a verb nor a name that I know.', ("help",)),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(
    text: str, sentence: str | None, suggestions: tuple[str, ...]
) -> None:
    found = mistake(text)
    assert sentence is None or found.sentence == sentence
    assert found.suggestions == suggestions


def test_a_number_alone_in_a_thread_is_no_length() -> None:
    assert mistake("silence 30", in_thread=True).suggestions == ("silence 30m", "silence 30h")
    assert said("silence #30", in_thread=True) == "silence #30"


def test_all_in_a_reason_and_a_name_in_quotes_stay_what_they_are() -> None:
    assert said("silence all tenants are copied", in_thread=True) == ("silence reason:all tenants are copied")
    assert said('silence "all" until resolved') == 'silence "all" until resolved'
    assert mistake("silence everything 2h", in_thread=True).suggestions == ("silence * 2h",)


def test_a_suggestion_too_long_for_a_button_is_not_made() -> None:
    long = " ".join(f"{number}x" for number in range(600))
    assert mistake(f"silence pay {long} 2h").suggestions == ()


def test_the_people_that_a_text_mentions_are_known_by_id() -> None:
    assert mentioned("<@U7> and <@U8|bob>, <@U7> <https://x.example|y> <#C1|z> <@>") == ("U7", "U8")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb", "a\nb"),
        ("<!date^1^{date}|yesterday>", "yesterday"),
        ("<!subteam^S1|@oncall>", "@oncall"),
        ("<!subteam^S1>", "@S1"),
        ("<!here|here>", "@here"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("_it_ is `3 > 2`", "_it_ is `3 > 2`"),
        ("\u202egnp\u0007", "gnp"),
        ("<@U9>", "@U9"),
        ('say \\"hi\\"', 'say \\"hi\\"'),
    ],
)
def test_free_text_is_kept_as_people_see_it(text: str, kept: str) -> None:
    command = parse(f"note text:{text}", now=NOW, zone=ZoneInfo("UTC"), in_thread=True)
    assert getattr(command, "text", None) == kept
