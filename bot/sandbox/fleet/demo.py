"""The demo's fleet: three clusters and a standby, with enough going wrong to watch for hours."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from bot.sandbox.fleet.condition import INTERRUPTED, slowed
from bot.sandbox.fleet.fleet import Fleet
from bot.sandbox.fleet.rhythm import Rhythm
from bot.sandbox.fleet.story import DemoStory
from bot.sandbox.fleet.task import SimulatedCluster, SimulatedTask

DEMO_SPEED = 60.0
"""How fast the demo's story is meant to be watched; polls every 30 s are then half a second apart."""

_PAY = SimulatedCluster(1000005, "pay", 5, version="2.2.52")
_SHOP = SimulatedCluster(1000006, "shop", 6, version="4.3.5.1")
_CRM = SimulatedCluster(1000007, "crm", 7, version="4.2.1.8")
_SHOP_STANDBY = SimulatedCluster(1000008, "shop-dr", 8, version="4.3.5.1", type="STANDBY")

_PAY_MOUNT = "file:///obbackup/"
"""One mount for all twelve tasks of a cluster, as a logical backup has it: they break together."""
_NFS = "file:///data/nfs-b/archive"
_SHOP_BUCKET = (
    "oss://shop-archive/clog?host=oss-cn-hangzhou.example.com"
    "&access_id=made-up-for-the-demo&access_key=never-to-be-shown"
)
_SHOP_MEDIA_BUCKET = _SHOP_BUCKET.replace("shop-archive", "shop-media-archive")
_CRM_BUCKET = (
    "cos://crm-archive/clog?host=cos.example.com&access_id=made-up-for-the-demo&access_key=never-to-be-shown"
)
_PAY_TENANTS = (
    *("orders", "ledger", "cards", "payouts", "refunds", "fraud"),
    *("fees", "wallet", "invoices", "settlement", "disputes", "limits"),
)
_SHOP_ON_BUCKET = (
    *("cart", "catalog", "search", "users", "sessions", "coupons", "returns"),
    *("sellers", "mail", "loyalty", "tax", "ads", "events"),
)
_SHOP_ON_NFS = ("stock", "prices", "shipping")
_SHOP_ON_MEDIA_BUCKET = ("media", "reviews", "gifts", "metrics")
_SHOP_TENANTS = (*_SHOP_ON_BUCKET, *_SHOP_ON_NFS, *_SHOP_ON_MEDIA_BUCKET)
_CRM_TENANTS = (
    *("leads", "contacts", "tickets", "calls", "campaigns", "surveys", "partners"),
    *("contracts", "quotes", "visits", "chat", "mailing", "scoring", "exports"),
)
_PERIODS = {"pay": (45.0, 60.0, 60.0, 90.0), "shop": (30.0, 120.0, 120.0, 180.0), "crm": (5.0, 60.0, 120.0)}


def demo_story(seed: int, start: datetime, *, resting: bool = False) -> Fleet:
    """Make the demo's fleet, whose story begins at ``start``; the same seed tells the same story.

    In a ``resting`` one a single task is broken, and nothing else breaks by itself.
    """
    tasks = tuple(_tasks(Random(f"fleet/{seed}")))
    clusters = (_PAY, _SHOP, _CRM, _SHOP_STANDBY)
    fleet = Fleet(clusters, tasks, start=start, story=DemoStory(seed), resting=resting)
    names = [task.name for task in tasks]
    fleet.plan(names.index("shop-dr/cart"), start - DemoStory.standby_slow_for, slowed(0.8))
    if resting:
        fleet.plan(names.index("crm/tickets"), start - DemoStory.broken_for, INTERRUPTED)
    return fleet


def _tasks(luck: Random) -> Iterator[SimulatedTask]:
    yield from _of_tenants(luck, _PAY, _PAY_TENANTS, 1001)
    yield from _of_tenants(luck, _SHOP, _SHOP_TENANTS, 1002)
    slow_teeth = Rhythm(period=720.0, floor=8.0, jitter=0.05, seed=luck.getrandbits(32))
    yield SimulatedTask(_CRM, _CRM_BUCKET, slow_teeth)
    yield from _of_tenants(luck, _CRM, _CRM_TENANTS, 1003)
    yield from _of_tenants(luck, _SHOP_STANDBY, ("cart", "catalog", "stock"), 1004)


def _of_tenants(
    luck: Random, cluster: SimulatedCluster, names: Sequence[str], first_id: int
) -> Iterator[SimulatedTask]:
    logical = cluster is _PAY
    for place, name in enumerate(names):
        for uri in _destinations(cluster, name):
            yield SimulatedTask(
                cluster=cluster,
                uri=uri,
                rhythm=_rhythm(luck, cluster),
                tenant=name,
                tenant_id=first_id * 100 + place,
                ob_tenant_id=1001 + place if logical else 1002 + 2 * place,
                mode="LOGICAL_BACKUP" if logical else "PHYSICAL_BACKUP",
                agent_server=f"10.20.{cluster.ob_cluster_id}.{11 + place % 3}" if logical else None,
                catch_up=luck.choice((8.0, 10.0, 15.0)),
            )


def _destinations(cluster: SimulatedCluster, tenant: str) -> tuple[str, ...]:
    if cluster is _PAY:
        return (_PAY_MOUNT,)
    if cluster is _CRM:
        return (_CRM_BUCKET, _NFS) if tenant == "leads" else (_CRM_BUCKET,)
    if cluster is _SHOP and tenant in _SHOP_ON_NFS:
        return (_NFS,)
    return (_SHOP_MEDIA_BUCKET if tenant in _SHOP_ON_MEDIA_BUCKET else _SHOP_BUCKET,)


def _rhythm(luck: Random, cluster: SimulatedCluster) -> Rhythm:
    return Rhythm(
        period=luck.choice(_PERIODS.get(cluster.name, (120.0,))),
        floor=round(luck.uniform(2.0, 9.0), 1),
        jitter=0.15,
        seed=luck.getrandbits(32),
        piece_pause=round(luck.uniform(30.0, 100.0), 1),
    )
