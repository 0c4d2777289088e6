"""What Slack's lasting refusals mean for a delivery: the message is gone, or its whole channel refuses."""

GONE = frozenset(
    {
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "thread_not_found",
    }
)
"""The parent message is not there any more, or can no longer be edited."""
CHANNEL_WIDE = frozenset(
    {
        "access_denied",
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""No other message would fare better there."""
