import { expect } from 'chai';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../../src/domain/json.js';
import { publishedSchemas, registryOf } from '../../../src/formats/registry.js';
import { type Schema, schemaUrl } from '../../../src/formats/schema.js';
import { KINDS } from '../policy/support.js';

/** The property of a branch that only tells branches apart; it is described where all of them stand. */
function isSwitch(property: Schema): boolean {
  return Object.keys(property).join() === 'const';
}

type Visit = (schema: Schema, path: string) => void;

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every property of an object, wherever it stands; `if` only asks, so it is left out. */
function eachProperty(schema: Schema, visit: Visit, path = ''): void {
  for (const [name, property] of partsOf(schema['properties'])) {
    visit(property, `${path}.${name}`);
    eachProperty(property, visit, `${path}.${name}`);
  }
  for (const [key, value] of Object.entries(schema))
    if (!['properties', 'if', 'examples', 'default'].includes(key))
      for (const [, part] of partsOf([value].flat())) eachProperty(part, visit, path);
}

function partsOf(value: Json | undefined): readonly (readonly [string, Schema])[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.flatMap(([name, part]: [string, Json]) => (isSchema(part) ? [[name, part] as const] : []));
}

function missing(names: readonly string[], lacks: (property: Schema) => boolean): readonly string[] {
  const found: string[] = [];
  for (const [name, make] of registryOf(KINDS))
    if (names.some((start) => name.startsWith(start)))
      eachProperty(make(), (property, path) => {
        if (lacks(property)) found.push(`${name}${path}`);
      });
  return found;
}

describe('[U] the schemas', function () {
  this.timeout(30_000);

  it('are schemas of draft 2020-12 by the judgement of its own meta-schema', () => {
    const ajv = new Ajv2020({ strict: false });
    for (const [name, make] of registryOf(KINDS)) expect(ajv.validateSchema(make()), name).to.equal(true);
  });

  it('have their address, a title and a description', () => {
    for (const [name, make] of registryOf(KINDS)) {
      const schema = make();
      expect(schema['$id']).to.equal(`https://keyturn.dev/schemas/${name}.schema.json`);
      expect(schema['$id']).to.equal(schemaUrl(name));
      expect(schema['title'], name).to.be.a('string');
      expect(schema['description'], name).to.be.a('string');
    }
  });

  it('describe every property', () => {
    const undescribed = (property: Schema) => typeof property['description'] !== 'string' && !isSwitch(property);
    const all = ['policy', 'spec', 'schedules', 'settings', 'plan', 'journal', 'history', 'output'];
    expect(missing(all, undescribed)).to.deep.equal([]);
  });

  it('give an example of everything a person writes', () => {
    const editor = ['policy-', 'spec', 'schedules', 'settings'];
    const bare = (property: Schema) =>
      property['type'] !== 'object' && !('examples' in property) && !isSwitch(property);
    expect(missing(editor, bare)).to.deep.equal([]);
  });

  it('have examples that fit', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    const wrong: string[] = [];
    for (const name of ['policy-random', 'schedules', 'settings'])
      eachProperty(registryOf(KINDS).get(name)?.() ?? {}, (property, path) => {
        const validate = ajv.compile(property);
        const examples = Array.isArray(property['examples']) ? property['examples'] : [];
        const values = 'default' in property ? [...examples, property['default']] : examples;
        if (values.some((value: Json | undefined) => !validate(value))) wrong.push(`${name}${path}`);
      });
    expect(wrong).to.deep.equal([]);
  });

  it('published are those that readers need, outputs open to keys of a later keyturn', () => {
    const published = publishedSchemas(KINDS);
    expect([...published.keys()]).to.include.members([
      'policy',
      'policy-random',
      'schedules',
      'settings',
      'plan',
      'journal',
      'output-validate',
      'output-events',
    ]);
    expect([...published.keys()].filter((name) => name === 'policy-common' || name.startsWith('spec-'))).to.deep.equal(
      [],
    );
    expect(JSON.stringify(published.get('output-status'))).not.to.include('additionalProperties');
    expect(JSON.stringify(published.get('plan'))).to.include('"additionalProperties":false');
  });

  it('survive a round through JSON', () => {
    for (const [name, make] of registryOf(KINDS))
      expect(JSON.parse(JSON.stringify(make())), name).to.deep.equal(make());
  });
});
