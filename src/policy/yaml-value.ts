import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { DiagnosticCode } from '../domain/catalogue.js';
import type { Diagnostic, SourceRange } from '../domain/diagnostic.js';
import type { Json } from '../domain/json.js';

/** Policies nest less than ten deep. */
const DEEPEST = 32;

export interface PlainValue {
  readonly value: Json;
  /** Nothing was left out of the value. */
  readonly whole: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** The plain data of a tree of YAML nodes, and what in the tree is more than plain data. */
export function plainValue(root: Node | null, place: (node: Node) => SourceRange): PlainValue {
  const reader = new Reader(place);
  const value = reader.read(root, 0);
  return { value, whole: reader.whole, diagnostics: reader.diagnostics };
}

class Reader {
  whole = true;
  readonly diagnostics: Diagnostic[] = [];
  readonly #place: (node: Node) => SourceRange;

  constructor(place: (node: Node) => SourceRange) {
    this.#place = place;
  }

  read(node: Node | null, depth: number): Json {
    if (node === null) return null;
    if (depth > DEEPEST) return this.#leaveOut(node, 'KT1013', 'the text is nested too deeply');
    if (isAlias(node))
      return this.#leaveOut(
        node,
        'KT1007',
        'an alias',
        'Write the value out: every policy says by itself what it means',
      );
    if (node.anchor !== undefined) this.#say(node, 'KT1007', 'an anchor', 'Remove it; aliases are not allowed either');
    if (isMap(node)) return this.#mapping(node.items as readonly Pair<Node, Node | null>[], depth);
    if (isSeq(node)) return node.items.map((item) => this.read(item as Node | null, depth + 1));
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #mapping(pairs: readonly Pair<Node, Node | null>[], depth: number): Json {
    const first = new Map<string, Node>();
    const entries: [string, Json][] = [];
    for (const { key, value } of pairs) {
      const name = this.#key(key);
      if (name === undefined) continue;
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, key);
      else this.#duplicate(name, key, earlier);
      entries.push([name, this.read(value, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  /** Undefined where the pair has to be left out. */
  #key(key: Node): string | undefined {
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#leaveOut(key, 'KT1012', 'a key that is not a text', 'Put quotes around it');
      return undefined;
    }
    if (key.value === '<<' && key.type === 'PLAIN') {
      this.#leaveOut(key, 'KT1008', 'a merge key', 'Write the keys out: every policy says by itself what it means');
      return undefined;
    }
    if (key.anchor !== undefined) this.#say(key, 'KT1007', 'an anchor', 'Remove it; aliases are not allowed either');
    return key.value;
  }

  #scalar(node: Scalar): Json {
    const { value } = node;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined)
      return value ?? null;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.#leaveOut(
      node,
      'KT1012',
      'a value that is neither text, number, true, false nor null',
      'Put quotes around a text',
    );
  }

  #duplicate(name: string, key: Node, earlier: Node): void {
    this.diagnostics.push({
      severity: 'error',
      code: 'KT1006',
      summary: `the key \`${name}\` stands twice in one mapping`,
      action: 'Keep one of them',
      source: this.#place(key),
      related: [{ label: 'first here', source: this.#place(earlier) }],
    });
  }

  #say(node: Node, code: DiagnosticCode, summary: string, action?: string): void {
    this.diagnostics.push({
      severity: 'error',
      code,
      summary,
      ...(action === undefined ? {} : { action }),
      source: this.#place(node),
    });
  }

  #leaveOut(node: Node, code: DiagnosticCode, summary: string, action?: string): null {
    this.whole = false;
    this.#say(node, code, summary, action);
    return null;
  }
}
