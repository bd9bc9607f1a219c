"""What the knowledge pages are made of: forms, differences, drafts, reports. Routes are one level up."""
