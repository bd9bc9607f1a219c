"""What the operator has decided about the service, from support.toml: one field for each topic."""

from __future__ import annotations

from dataclasses import dataclass, field

from desk.asks import AskRules
from desk.incidents import IncidentRules
from desk.queueing import QueueRules
from desk.reports import MorningRules
from desk.routing.rules import RoutingRules
from desk.sla.rules import SlaRules
from desk.tickets import CareRules
from gateway.attachments.limits import AttachmentLimits
from gateway.channels.wechat.rules import WeChatRules
from gateway.notifications.routes import Routes


@dataclass(frozen=True)
class ServiceRules:
    """The defaults are the product's; `gongda.policy` reads the operator's."""

    routes: Routes = field(default_factory=Routes)
    asks: AskRules = field(default_factory=AskRules)
    queue: QueueRules = field(default_factory=QueueRules)
    care: CareRules = field(default_factory=CareRules)
    sla: SlaRules = field(default_factory=SlaRules)
    routing: RoutingRules = field(default_factory=RoutingRules)
    incidents: IncidentRules = field(default_factory=IncidentRules)
    morning: MorningRules = field(default_factory=MorningRules)
    wechat: WeChatRules = field(default_factory=WeChatRules)
    attachments: AttachmentLimits = field(default_factory=AttachmentLimits)
