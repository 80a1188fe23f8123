import { describe, expect, it } from '@jest/globals';
import { createCutter } from '../../scripts/openapi-schema.mjs';

const description = {
  components: {
    schemas: {
      person: {
        type: 'object',
        description: 'dropped',
        example: {},
        properties: {
          description: { type: 'string', nullable: true, description: 'the property stays' },
          boss: { $ref: '#/components/schemas/person' },
        },
        required: ['description'],
      },
      other: { type: 'string' },
    },
    parameters: { owner: { name: 'owner', in: 'path', schema: { type: 'string' } } },
  },
};

describe('the cut of a schema', () => {
  const cut = (node) => createCutter(description).schema(node);

  it.each([
    [
      'drops texts and examples',
      { type: 'string', description: 'x', title: 'y', example: 'z' },
      { type: 'string' },
    ],
    ['spells null beside a type', { type: 'integer', nullable: true }, { type: ['integer', 'null'] }],
    [
      'spells null in a list of values',
      { type: 'string', enum: ['a'], nullable: true },
      { enum: ['a', null], type: ['string', 'null'] },
    ],
    [
      'spells null around a composition',
      { nullable: true, oneOf: [{ type: 'string' }] },
      { anyOf: [{ type: 'null' }, { oneOf: [{ type: 'string' }] }] },
    ],
    [
      'keeps closed objects closed',
      { type: 'object', additionalProperties: false },
      { additionalProperties: false, type: 'object' },
    ],
    [
      'lets an address be empty that is so by default',
      { type: 'string', format: 'uri', default: '' },
      { type: 'string' },
    ],
    ['keeps any other format', { type: 'string', format: 'uri' }, { format: 'uri', type: 'string' }],
  ])('%s', (_name, node, expected) => {
    expect(cut(node)).toEqual(expected);
  });

  it('collects what is referred to, itself included, and nothing else', () => {
    const cutter = createCutter(description);

    expect(cutter.schema({ $ref: '#/components/schemas/person' })).toEqual({ $ref: '#/schemas/person' });
    expect(cutter.components()).toEqual({
      person: {
        type: 'object',
        properties: { boss: { $ref: '#/schemas/person' }, description: { type: ['string', 'null'] } },
        required: ['description'],
      },
    });
  });

  it('names a reference that leads nowhere', () => {
    expect(() => createCutter(description).resolve({ $ref: '#/components/parameters/none' })).toThrow(
      'dangling reference',
    );
  });

  it('writes keys in one order, whatever the order of the source', () => {
    expect(JSON.stringify(cut({ type: 'string', format: 'uri' }))).toBe(
      JSON.stringify(cut({ format: 'uri', type: 'string' })),
    );
  });
});
