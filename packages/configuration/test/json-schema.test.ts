import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv, type AnySchema } from 'ajv';
import { load } from 'js-yaml';
import { decide } from '../src/decide.js';
import { decisionSchema } from '../src/decision-schema.js';
import { configurationSchema } from '../src/schema.js';
import { factsOf, readShop, shop } from './fixtures.js';

function published(name: string): AnySchema {
  return JSON.parse(readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8')) as AnySchema;
}

describe('the published JSON Schemas', () => {
  it.each([
    ['headgate.schema.json', configurationSchema],
    ['decision.schema.json', decisionSchema],
  ] as const)('%s is what the code says', (name, schema) => {
    expect(published(name)).toEqual({
      ...toJsonSchema(schema, { typeMode: 'input' }),
      $id: expect.any(String),
    });
  });

  it('takes a correct headgate.yml and refuses an unknown key', () => {
    const validate = new Ajv({ strict: false }).compile(published('headgate.schema.json'));

    expect(validate(load(shop))).toBe(true);
    expect(validate(load(`${shop}enviroments: {}\n`))).toBe(false);
  });

  it('takes a decision', () => {
    const validate = new Ajv({ strict: false }).compile(published('decision.schema.json'));

    expect(validate(JSON.parse(JSON.stringify(decide(factsOf(), readShop()))))).toBe(true);
  });
});
