"""Errors of the contract.

ContractError
├── UnknownDecision      a decision type nobody has agreed on
└── MalformedDecision    a known type whose fields are missing or of the wrong shape
"""


class ContractError(Exception):
    """Something that crossed a process boundary is not as agreed."""


class UnknownDecision(ContractError):
    """The `type` of a decision is none of the agreed ones."""


class MalformedDecision(ContractError):
    """A decision of a known type lacks fields or carries wrong ones."""
