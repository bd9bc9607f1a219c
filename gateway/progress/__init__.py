"""How far a ticket is, on a page for its customer: by signed link or QR code, without logging in."""
