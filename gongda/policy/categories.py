"""The categories of tickets, as everything shares them."""

CATEGORIES = (
    "crash", "lockup", "login", "permission", "import_export", "report", "performance", "network", "data_loss",
    "howto", "billing", "suggestion", "other",
)  # fmt: skip
