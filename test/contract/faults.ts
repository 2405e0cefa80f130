import { expect } from 'chai';
import { isFault } from '../../src/domain/fault.js';
import type { FaultDetails } from '../../src/domain/fault.js';

/** The details of the Fault that a promise must be rejected with. */
export async function faultOf(promise: Promise<unknown>): Promise<FaultDetails> {
  let error: unknown;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) return expect.fail('no fault was thrown');
  if (!isFault(error)) throw error;
  return error.details;
}
