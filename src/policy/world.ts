import type { KindInfo } from '../domain/kind-info.js';
import type { Policy, Settings } from '../domain/policy.js';
import { type Calendar, calendarOf } from './calendar.js';
import type { PolicyDocument } from './document.js';
import { normalPolicy } from './normal-policy.js';
import { normalSettings } from './normal-settings.js';
import { Part } from './part.js';

/** One policy document as the rules see it. */
export interface Entry {
  readonly root: Part;
  readonly clean: boolean;
  readonly info?: KindInfo;
  /** As written, also where it is no valid id. */
  readonly id?: string;
  readonly policy?: Policy;
}

/** Everything that was read, for rules that look across documents. */
export interface World {
  readonly entries: readonly Entry[];
  readonly calendar: Calendar;
  readonly calendars: readonly Part[];
  readonly settings: readonly Part[];
  readonly normalSettings?: Settings;
  /** Nothing is missing that a name could refer to: only then is an unknown name an error of its own. */
  readonly complete: boolean;
}

/** @param complete every file and document could be read and is of a known kind. */
export function worldOf(documents: readonly PolicyDocument[], complete: boolean): World {
  const ofRole = (role: PolicyDocument['role']) => documents.filter((document) => document.role === role);
  const calendar = calendarOf(ofRole('Schedules'));
  const settings = ofRole('Settings').map((document) => new Part(document));
  const normal = settings[0] === undefined ? undefined : normalSettings(settings[0]);
  return {
    entries: ofRole('policy').map((document) => entryOf(document, calendar)),
    calendar,
    calendars: ofRole('Schedules').map((document) => new Part(document)),
    settings,
    ...(normal === undefined ? {} : { normalSettings: normal }),
    complete,
  };
}

function entryOf(document: PolicyDocument, calendar: Calendar): Entry {
  const root = new Part(document);
  const policy = normalPolicy(root, calendar);
  const id = root.at('id').text;
  return {
    root,
    clean: document.clean,
    ...(document.info === undefined ? {} : { info: document.info }),
    ...(id === undefined ? {} : { id }),
    ...(policy === undefined ? {} : { policy }),
  };
}
