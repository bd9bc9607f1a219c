"""The product this installation is about: the sample's, or the vendor's own as `gongda init` keeps it.

A workbook becomes a `Draft` (reading), the draft a `Plan` of files and settings (planning), and the plan is carried
out (applying) in `<data>/product/`, in support.toml and in the desk. Upgrades of the program touch none of them.
"""
