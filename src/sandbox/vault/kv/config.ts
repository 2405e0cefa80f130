import { goDuration } from '../clock.js';
import type { Call, Route } from '../engine.js';
import { noContent, secret, type Reply } from '../reply.js';
import { kvOf } from './model.js';

function readConfig(call: Call): Reply {
  const { config } = kvOf(call);
  return secret({
    cas_required: config.casRequired,
    delete_version_after: goDuration(config.deleteVersionAfter),
    max_versions: config.maxVersions,
    metadata_cas_required: config.metadataCasRequired,
  });
}

function writeConfig(call: Call): Reply {
  const { config } = kvOf(call);
  const { fields } = call;
  config.casRequired = fields.flag('cas_required') ?? config.casRequired;
  config.metadataCasRequired = fields.flag('metadata_cas_required') ?? config.metadataCasRequired;
  config.maxVersions = fields.number('max_versions') ?? config.maxVersions;
  const after = fields.number('delete_version_after') ?? config.deleteVersionAfter;
  // Any negative time means: switched off for the whole mount.
  config.deleteVersionAfter = after < 0 ? -1 : after;
  return noContent();
}

export const CONFIG_ROUTE: Route = {
  pattern: /^config$/,
  fields: {
    max_versions: 'int',
    cas_required: 'bool',
    metadata_cas_required: 'bool',
    delete_version_after: 'signedSeconds',
  },
  on: { read: readConfig, update: writeConfig },
};
