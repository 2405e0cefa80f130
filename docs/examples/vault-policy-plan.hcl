# What `keyturn plan`, `status`, `drift`, `why` and `history` need in Vault or OpenBao, and no more: metadata and the
# names of fields, never a value. The inventory is `ai-gateway-production`, its live paths lie below `secret/ai-gateway`,
# the state mount is `keyturn`.

# Ages and versions of the secrets.
path "secret/metadata/ai-gateway/*" { capabilities = ["read"] }

# The names of the fields of one version.
path "secret/subkeys/ai-gateway/*" { capabilities = ["read"] }

# Whether the state mount keeps its versions.
path "keyturn/config" { capabilities = ["read"] }

# What keyturn knows of each secret; journals and histories hold references, never material.
path "keyturn/data/ai-gateway-production/journal/*"     { capabilities = ["read"] }
path "keyturn/data/ai-gateway-production/history/*"     { capabilities = ["read"] }
path "keyturn/metadata/ai-gateway-production/history/*" { capabilities = ["list"] }

# Which changes are open.
path "keyturn/metadata/ai-gateway-production/open/*" { capabilities = ["list"] }

# Looking at its own token and rights comes with the policy `default`.
