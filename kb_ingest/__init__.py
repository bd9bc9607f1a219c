"""Documents -> cleaned, typed entries -> a published index build."""
