"""The people and user groups of the simulated workspace, a guest and a stranger among them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

HOME_TEAM = "T0000HOME1"
AWAY_TEAM = "T0000AWAY1"
BOT_USER = "U0000LOGBK"
BOT_ID = "B0000LOGBK"
APP_ID = "A0000LOGBK"
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Person:
    """A member, a guest of the workspace, or somebody of another organisation (Slack Connect)."""

    id: str
    name: str
    real_name: str
    zone: str = "UTC"
    team: str = HOME_TEAM
    guest: bool = False
    bot: bool = False
    admin: bool = False
    deleted: bool = False

    @property
    def stranger(self) -> bool:
        """Whether this person belongs to another organisation."""
        return self.team != HOME_TEAM

    def as_api(self, now: datetime, *, with_email: bool) -> dict[str, Any]:
        """Show the person as users.info does."""
        offset = ZoneInfo(self.zone).utcoffset(now)
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "real_name_normalized": self.real_name,
            "team": self.team,
        }
        if with_email and not self.bot:
            profile["email"] = f"{self.name}@example.com"
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": self.zone,
            "tz_label": self.zone,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile,
            "is_admin": self.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_bot": self.bot,
            "is_app_user": False,
            "updated": int(now.timestamp()),
        }
        if self.stranger:
            shown["is_stranger"] = True
        return shown


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group (``@dba``) and its members' ids."""

    id: str
    handle: str
    members: tuple[str, ...] = ()
    disabled: bool = False

    def as_api(self) -> dict[str, Any]:
        """Show the group as usergroups.list does."""
        return {
            "id": self.id,
            "team_id": HOME_TEAM,
            "is_usergroup": True,
            "name": self.handle,
            "handle": self.handle,
            "description": "",
            "date_delete": 1 if self.disabled else 0,
            "user_count": len(self.members),
        }


BOT = Person(BOT_USER, "logbackup", "Log backup", bot=True)

CAST = (
    Person("U0000ANNA1", "anna", "Anna Berger", "Europe/Berlin", admin=True),
    Person("U0000BEN01", "ben", "Ben Carter", "America/New_York"),
    Person("U0000MEI01", "mei", "Mei Lin", "Asia/Shanghai"),
    Person("U0000GUS01", "gus", "Gus Guest", "Europe/London", guest=True),
    Person("U0000SAM01", "sam", "Sam Stranger", "Asia/Tokyo", team=AWAY_TEAM),
)
