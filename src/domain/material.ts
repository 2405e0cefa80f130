/**
 * The value of a secret. It is redacted by construction: inspecting, printing, interpolating, serialising or spreading it shows
 * no part of it, not even its length. `expose()` is the only way out and is called only where a request's body or header is made.
 */
export class Material {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Every call site is a place to review. */
  expose(): string {
    return this.#value;
  }

  /** Same value? Compares every character whatever the first difference, so that the time taken tells nothing. */
  equals(other: Material): boolean {
    const a = this.#value;
    const b = other.#value;
    let difference = a.length ^ b.length;
    for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % Math.max(1, b.length));
    return difference === 0;
  }

  toString(): string {
    return '[material]';
  }

  toJSON(): string {
    return '[material]';
  }

  /** What node:util's inspect calls; the registered symbol spares the import. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[material]';
  }
}
