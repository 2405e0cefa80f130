import type { DiagnosticCode } from '../domain/catalogue.js';
import type { Diagnostic, SourceRange } from '../domain/diagnostic.js';
import { type Duration, parseDuration } from '../domain/duration.js';
import type { Json } from '../domain/json.js';
import { partOf } from '../domain/json-pointer.js';
import { aboutOf, pathText, type PolicyDocument } from './document.js';
import type { Path } from './yaml.js';

/**
 * A part of a document together with its place. Reading is tolerant: what is absent or of another type reads as undefined, since the
 * shape check has said so already, and the rules still look at everything else.
 */
export class Part {
  readonly document: PolicyDocument;
  readonly path: Path;

  constructor(document: PolicyDocument, path: Path = []) {
    this.document = document;
    this.path = path;
  }

  at(...path: Path): Part {
    return new Part(this.document, [...this.path, ...path]);
  }

  get value(): Json | undefined {
    return partOf(this.document.value, this.path) as Json | undefined;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get duration(): Duration | undefined {
    return this.text === undefined ? undefined : parseDuration(this.text);
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get isMapping(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** The entries of a list; none for anything else. */
  get items(): readonly Part[] {
    return Array.isArray(this.value) ? this.value.map((_: Json, i: number) => this.at(i)) : [];
  }

  /** The texts of a list. */
  get texts(): readonly string[] {
    return this.items.flatMap(({ text }) => (text === undefined ? [] : [text]));
  }

  /** The values of a mapping, by key; none for anything else. */
  get entries(): readonly (readonly [string, Part])[] {
    const { value } = this;
    return this.isMapping ? Object.keys(value as object).map((key) => [key, this.at(key)] as const) : [];
  }

  /** `schedules.monthly.every`. */
  get name(): string {
    return pathText(this.path);
  }

  place(part: 'key' | 'value' = 'value'): SourceRange {
    return this.document.locate(this.path, part);
  }

  /** A diagnostic at this place. */
  error(code: DiagnosticCode, summary: string, more: Partial<Diagnostic> = {}): Diagnostic {
    return { severity: 'error', code, summary, ...aboutOf(this.document), source: this.place(), ...more };
  }

  warning(code: DiagnosticCode, summary: string, more: Partial<Diagnostic> = {}): Diagnostic {
    return { ...this.error(code, summary, more), severity: 'warning' };
  }
}

/** A second place of a diagnostic; none where the part is not there. */
export function alsoAt(
  label: string,
  part: Part | undefined,
  where: 'key' | 'value' = 'value',
): { readonly related: Diagnostic['related'] & {} } {
  return { related: part?.value === undefined ? [] : [{ label, source: part.place(where) }] };
}
