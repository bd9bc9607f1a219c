"""What is on the wire: signature, encryption, replays, XML."""
