import { sortDiagnostics, type Diagnostic } from '../../domain/diagnostic.js';
import type { HistoryEntry } from '../../domain/journal.js';
import {
  OUTPUT_FORMATS,
  type DriftOutput,
  type DriftReport,
  type ErrorOutput,
  type HistoryOutput,
  type StatusOutput,
  type ValidateOutput,
  type VersionInfo,
  type VersionOutput,
  type WhyOutput,
} from '../../domain/outputs.js';
import type { SecretStatus, Why } from '../../domain/status.js';
import { maskProse } from '../mask.js';

/** Sorted by place; texts that look like a credential are masked, as in the human view. */
export function validateOutput(diagnostics: readonly Diagnostic[]): ValidateOutput {
  const errorCount = diagnostics.filter((d) => d.severity === 'error').length;
  return {
    format: OUTPUT_FORMATS.validate,
    valid: errorCount === 0,
    errorCount,
    warningCount: diagnostics.length - errorCount,
    diagnostics: maskedDiagnostics(diagnostics),
  };
}

/** `at`: RFC 3339. */
export function statusOutput(at: string, secrets: readonly SecretStatus[]): StatusOutput {
  return { format: OUTPUT_FORMATS.status, at, secrets };
}

export function driftOutput(report: DriftReport): DriftOutput {
  return { format: OUTPUT_FORMATS.drift, ...report };
}

export function whyOutput(why: Why): WhyOutput {
  return { format: OUTPUT_FORMATS.why, ...why };
}

export function historyOutput(entries: readonly HistoryEntry[]): HistoryOutput {
  return { format: OUTPUT_FORMATS.history, entries };
}

export function versionOutput(info: VersionInfo): VersionOutput {
  return { format: OUTPUT_FORMATS.version, ...info };
}

/** What takes the place of any other output when a command with --json could not do its work. */
export function errorOutput(exitCode: number, diagnostics: readonly Diagnostic[]): ErrorOutput {
  return { format: OUTPUT_FORMATS.error, exitCode, diagnostics: maskedDiagnostics(diagnostics) };
}

/** Diagnostics may quote what a person wrote. */
export function maskedDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return sortDiagnostics(diagnostics).map((d) => ({
    ...d,
    summary: maskProse(d.summary),
    ...(d.detail !== undefined && { detail: maskProse(d.detail) }),
    ...(d.action !== undefined && { action: maskProse(d.action) }),
  }));
}
