"""Files that customers, agents and other systems send: checked by their content, kept by their content.

`checking` looks at bytes and says what they are; nothing a stranger says about them counts. `files` keeps bytes under
their SHA-256. What the desk knows of a file is `desk.attachments`.
"""
