"""What several test packages need: each kind of check and each kind of access once."""
