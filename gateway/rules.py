"""What the operator has decided about the service, from support.toml: one field for each topic."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.notifications.routes import Routes


@dataclass(frozen=True)
class ServiceRules:
    """The defaults are the product's; `gongda.policy` reads the operator's."""

    routes: Routes = field(default_factory=Routes)
