"""views.*: dialogs and the Home tab."""

from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.payload_check import Kind, faults, too_large
from bot.sandbox.slack.posting import invalid
from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.view import View
from bot.sandbox.slack.workspace import Workspace

STACK = 3


def checked(payload: Any, kind: Kind) -> dict[str, Any]:  # noqa: ANN401 - JSON of any shape
    """Refuse a view that Slack would refuse."""
    if not isinstance(payload, dict):
        raise Refusal(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]}
        )
    if found := faults(kind, payload):
        raise invalid("view_too_large" if too_large(payload) else "invalid_arguments", found)
    return payload


def _unique(workspace: Workspace, payload: dict[str, Any], besides: View | None = None) -> None:
    external = payload.get("external_id")
    views = [*workspace.homes.values(), *(view for stack in workspace.modals.values() for view in stack)]
    if external and any(v.payload.get("external_id") == external and v != besides for v in views):
        raise Refusal("duplicate_external_id")


def opened(around: Surroundings, arguments: Arguments) -> Json:
    """views.open: a first dialog, for who pressed something within three seconds."""
    workspace = around.workspace
    payload = checked(arguments.data("view", "invalid_arguments"), "modal")
    _unique(workspace, payload)
    person = around.triggers.take(arguments.required("trigger_id"))
    if workspace.modals.get(person):
        workspace.close_views(person, None)
    view = workspace.show_view(workspace.new_view(person, payload))
    return {"view": view.as_api()}


def pushed(around: Surroundings, arguments: Arguments) -> Json:
    """views.push: a dialog on top of the one that is open."""
    workspace = around.workspace
    payload = checked(arguments.data("view", "invalid_arguments"), "modal")
    _unique(workspace, payload)
    person = around.triggers.take(arguments.required("trigger_id"))
    return {"view": push(workspace, person, payload).as_api()}


def push(workspace: Workspace, person: str, payload: dict[str, Any]) -> View:
    """Put a dialog on somebody's stack, three high at most."""
    stack = workspace.modals.get(person, [])
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= STACK:
        raise Refusal("push_limit_reached")
    return workspace.show_view(workspace.new_view(person, payload, stack[-1]))


def updated(around: Surroundings, arguments: Arguments) -> Json:
    """views.update: another content for an open view, by its id or the bot's own."""
    workspace = around.workspace
    view_id, external = arguments.text("view_id"), arguments.text("external_id")
    views = [*workspace.homes.values(), *(view for stack in workspace.modals.values() for view in stack)]
    view = next(
        (v for v in views if v.id == view_id or (external and v.payload.get("external_id") == external)), None
    )
    if view is None:
        raise Refusal("not_found")
    payload = checked(arguments.data("view", "invalid_arguments"), view.payload["type"])
    _unique(workspace, payload, besides=view)
    if "hash" in arguments and arguments.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    changed = workspace.changed_view(view, payload)
    if payload["type"] == "home":
        _keep_home(workspace, changed)
    else:
        workspace.show_view(changed, replacing=True)
    return {"view": changed.as_api()}


def published(around: Surroundings, arguments: Arguments) -> Json:
    """views.publish: somebody's Home tab."""
    workspace = around.workspace
    person = arguments.required("user_id")
    if person not in workspace.people:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] user_id is not known"]})
    payload = checked(arguments.data("view", "invalid_arguments"), "home")
    before = workspace.homes.get(person)
    if "hash" in arguments and (before is None or arguments.text("hash") != before.hash):
        raise Refusal("hash_conflict")
    view = workspace.changed_view(before, payload) if before else workspace.new_view(person, payload)
    _keep_home(workspace, view)
    return {"view": view.as_api()}


def _keep_home(workspace: Workspace, view: View) -> None:
    workspace.homes[view.person] = view
    workspace.feed.tell(Change("home", person=view.person, detail=view.id))


METHODS = {
    "views.open": Method(opened, 100),
    "views.push": Method(pushed, 100),
    "views.update": Method(updated, 100),
    "views.publish": Method(published, 100),
}
