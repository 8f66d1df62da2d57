"""Where Vault's two engines are mounted."""

VERSIONED_MOUNT = "secret"
PLAIN_MOUNT = "kv1"
