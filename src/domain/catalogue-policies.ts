/** KT10xx: text and YAML. KT11xx: shape. KT12xx: rules across files. KT13xx: time. KT14xx: checks, copies, consumers. */
export const POLICY_CATALOGUE = {
  KT1001: {
    title: 'the file is not valid YAML',
    explanation:
      'The YAML 1.2 parser refused the text at the place shown. Nothing of this document is used until it parses.',
  },
  KT1002: {
    title: 'the file is not UTF-8',
    explanation: 'Policies are read as UTF-8, with or without byte order mark. Save the file in that encoding.',
  },
  KT1003: {
    title: 'the file is too large',
    explanation: 'A policy file holds at most 1 MB. Split it: a folder may hold any number of files.',
  },
  KT1004: {
    title: 'a link leads out of the policies folder',
    explanation:
      'What is applied must be what was reviewed, so every file has to lie inside the folder. Copy the file there, or point --policies at the folder that holds it.',
  },
  KT1005: {
    title: 'a tab character',
    explanation:
      'YAML forbids tabs as indentation, and elsewhere nobody sees how wide they are. Use spaces; in double quotes a tab is written \\t. Tabs in comments are accepted.',
  },
  KT1006: {
    title: 'a key stands twice',
    explanation: 'Readers would differ on which of the two counts. Keep one.',
  },
  KT1007: {
    title: 'an anchor or alias',
    explanation:
      'An alias changes a policy from far away, which a reviewer of its lines does not see. Write the value out, or give it a name in schedules.yaml.',
  },
  KT1008: {
    title: 'a merge key',
    explanation: 'YAML 1.2 has no merge keys; parsers differ on them. Write the keys out.',
  },
  KT1009: {
    title: 'a tag or directive',
    explanation: 'Policies are plain YAML 1.2: texts, numbers, lists and mappings. Remove the tag or directive.',
  },
  KT1010: {
    title: 'a hidden character',
    explanation:
      'Control characters and those that reorder text can make a review see something else than what is applied. Remove the character.',
  },
  KT1011: {
    title: 'what looks like a credential stands in a policy',
    explanation:
      'Policies hold names and places, never values. Remove it, and rotate the credential: whatever was committed stays in the history of the repository.',
  },
  KT1012: {
    title: 'a key or value of a kind that policies do not know',
    explanation:
      'Keys are texts; values are texts, numbers, true, false, null, lists and mappings. Put quotes around a text.',
  },
  KT1013: {
    title: 'the text is nested too deeply',
    explanation:
      'Policies nest less than ten levels deep. A text that nests much deeper is refused before it can exhaust the parser.',
  },
  KT1101: {
    title: 'the document is of no known kind',
    explanation:
      'Every document of a policies folder has a `kind`: one of the kinds of secrets, `Schedules` or `Settings`. `keyturn schema` lists them.',
  },
  KT1102: {
    title: 'the document is not of this version',
    explanation:
      'Every document of a policies folder begins with `apiVersion: keyturn/v1`. Keep other YAML files in another folder.',
  },
  KT1103: {
    title: 'an unknown key',
    explanation:
      'A key that nothing reads is a misspelled wish. Correct it or remove it; the nearest known key is named.',
  },
  KT1104: {
    title: 'a key is missing',
    explanation: 'The mapping at the place shown needs this key. `keyturn schema` describes it.',
  },
  KT1105: {
    title: 'a value is not what its key asks for',
    explanation: 'The message says what is asked for. Texts that look like numbers or dates need quotes.',
  },
  KT1106: {
    title: 'keys that do not go together',
    explanation:
      'Of some keys exactly one has to be there, and some exclude or need each other. The message names them.',
  },
  KT1107: {
    title: 'the document is not a mapping',
    explanation: 'A document of a policies folder is a mapping that begins with `apiVersion` and `kind`.',
  },
  KT1201: {
    title: 'two policies have the same id',
    explanation: 'The id names the secret in plans and in Vault. Give every policy its own.',
  },
  KT1202: {
    title: 'two policies write the same field in Vault',
    explanation: 'Each would undo the work of the other. One field belongs to one policy.',
  },
  KT1203: {
    title: 'the same key of a Kubernetes Secret is written twice',
    explanation: 'Each writer would undo the work of the other. One key belongs to one policy.',
  },
  KT1204: {
    title: 'an unknown schedule',
    explanation: 'The name is not in the Schedules document. Define it there, or write the schedule in place.',
  },
  KT1205: {
    title: 'an unknown window',
    explanation: 'The name is not under `windows` in the Schedules document.',
  },
  KT1206: {
    title: 'a dependency on an unknown id',
    explanation: 'dependsOn names ids of other policies of the same inventory.',
  },
  KT1207: {
    title: 'dependencies form a cycle',
    explanation:
      'Each secret of the cycle waits for the next one, so none could ever be rotated. Remove one of the dependencies.',
  },
  KT1208: {
    title: 'movedFrom names an id that is still there',
    explanation:
      'It says which id the secret had before, so that journal and history move along. The old id must be gone, and only one policy can continue it.',
  },
  KT1209: {
    title: 'not exactly one Settings document',
    explanation:
      'Every policies folder has one document of kind Settings, usually in keyturn.yaml. It names the inventory.',
  },
  KT1210: {
    title: 'more than one Schedules document',
    explanation:
      'Schedules, windows and freezes stand in one document, usually in schedules.yaml, so that one place shows them all.',
  },
  KT1211: {
    title: 'a live path lies where keyturn keeps its state',
    explanation:
      'Journals and pending values would be mixed with what consumers read. Choose another path or another state mount.',
  },
  KT1212: {
    title: 'a workload or a name stands twice',
    explanation: 'It would be restarted twice, or hide the other. Keep one of the two.',
  },
  KT1301: {
    title: 'a cron expression that cannot be used',
    explanation:
      'Five fields: minute, hour, day of month, month, day of week. Nicknames, seconds and random `H` are not accepted.',
  },
  KT1302: {
    title: 'a cron expression never fires',
    explanation:
      'It names a day that no month has, such as 30 February, or one that comes less than once in twelve years.',
  },
  KT1303: {
    title: 'an unknown time zone',
    explanation: 'Time zones are names of the IANA database, such as Europe/Berlin or UTC.',
  },
  KT1304: {
    title: 'the next rotation would begin before the last has ended',
    explanation:
      '`every` has to be longer than `grace` plus the time-outs of all consumers. Make it longer, or the others shorter.',
  },
  KT1305: {
    title: 'a window is too rare for the schedule',
    explanation:
      'The window does not open within the time of the schedule, so the secret could never be rotated as often as asked.',
  },
  KT1306: {
    title: 'a freeze is longer than the schedule',
    explanation: 'The secret would miss a whole rotation. Shorten the freeze, or let it be rotated less often.',
  },
  KT1307: {
    title: 'a date that cannot be',
    explanation: 'The calendar has no such day or time, or the end lies before the beginning.',
  },
  KT1308: {
    title: 'a length of time that cannot be',
    explanation: 'It has to be more than nothing, and shorter than the schedule it belongs to.',
  },
  KT1309: {
    title: 'grace without a way to revoke',
    explanation:
      'keyturn cannot revoke values of this kind: the old one stops with the restart, or never. `grace` would promise what nobody keeps; it has to be 0s.',
  },
  KT1310: {
    title: 'a lease shorter than three calls',
    explanation:
      'A run must be able to miss two heartbeats before another may take its work over: leaseFor is at least three times callDeadline.',
  },
  KT1311: {
    title: 'a window is shorter than the work may take',
    explanation:
      'Work starts only where the window leaves room for the time-outs of all consumers and of the check. In a shorter window it would never start.',
  },
  KT1401: {
    title: 'a header that cannot carry the credential',
    explanation:
      'Name, colon, text; `{value}` stands once in the text for the credential. Example: `Authorization: Bearer {value}`.',
  },
  KT1402: {
    title: 'a URL that cannot be called',
    explanation:
      'Absolute http or https, without user and password and without a fragment. The credential belongs into the header, since URLs are logged.',
  },
  KT1403: {
    title: 'statuses that prove nothing',
    explanation: 'A status cannot mean both accepted and refused; 408 and 429 say nothing about the credential.',
  },
  KT1404: {
    title: 'the credential would travel without TLS',
    explanation: 'Whoever listens on the way could read it. Use https; http is accepted for the same machine.',
  },
  KT1405: {
    title: 'nothing carries the value to a consumer',
    explanation:
      'A pod can only use Secrets of its own namespace. Publish a copy there, or say with `via` how the workload gets the value.',
  },
  KT1406: {
    title: 'nobody is restarted for a copy',
    explanation:
      'Pods that hold the old value keep it until they restart. Name the workloads of that namespace under `consumers`.',
  },
  KT1407: {
    title: 'the path looks like one of the HTTP API',
    explanation:
      '`vault kv get` and policies take the path without the `data/` or `metadata/` that the HTTP API puts behind the mount.',
  },
} as const;
