# What `keyturn apply`, `rotate`, `recover`, `adopt` and `unlock` need in Vault or OpenBao, and no more. The inventory is
# `ai-gateway-production`, its live paths lie below `secret/ai-gateway`, the state mount is `keyturn`.

# The secrets: the old value is read, for the way back; the new one is patched in beside its siblings. Nothing is deleted.
path "secret/data/ai-gateway/*"     { capabilities = ["create", "read", "update", "patch"] }
path "secret/metadata/ai-gateway/*" { capabilities = ["read", "patch"] }
path "secret/subkeys/ai-gateway/*"  { capabilities = ["read"] }

# How long versions are kept.
path "secret/config"  { capabilities = ["read"] }
path "keyturn/config" { capabilities = ["read"] }

# Journals, pending values, histories, locks, the fingerprint key.
path "keyturn/data/ai-gateway-production/*"     { capabilities = ["create", "read", "update"] }
path "keyturn/metadata/ai-gateway-production/*" { capabilities = ["read", "list"] }

# A pending value is destroyed once it is settled, and only the markers of open changes are ever deleted.
path "keyturn/destroy/ai-gateway-production/pending/*" { capabilities = ["update"] }
path "keyturn/metadata/ai-gateway-production/open/*"   { capabilities = ["list", "delete"] }

# Looking at its own token and rights comes with the policy `default`.
