"""support.toml: what an operator decides about the service. Validated whole; every mistake is listed.

One module for each section, each a class that reads it through a `Reader`.
"""

from gongda.policy.knowledge import KnowledgeRules
from gongda.policy.loading import Policy, load_policy

__all__ = ["KnowledgeRules", "Policy", "load_policy"]
