// The input `tests`: one-off containers that judge a deployment from inside its network.

import { textOf } from '@headgate/kit/input-values';
import { isMapping, type OneOffRequest, oneOffMembers, parseOneOff, wrongMember } from './one-off-inputs.js';

export interface TestRequest extends OneOffRequest {
  /** Name of an image in the record; '' : the image that is deployed. */
  readonly imageName: string;
}

const input = 'tests';
const members = ['image-name', ...oneOffMembers];
const usualDeadline = '1m';

/** @throws {InputError} naming the test and its member */
export function parseTests(value: unknown): readonly TestRequest[] {
  if (value === null || value === '') return [];
  if (!isMapping(value))
    throw wrongMember(input, 'a map from a name to a test was expected', 'Write smoke: {command: […]}.');
  return Object.entries(value).map(([name, test]) => parseTest(name, test));
}

function parseTest(name: string, test: unknown): TestRequest {
  const given = isMapping(test) ? test : {};
  const imageName = textOf(`${input}: ${name}.image-name`, given['image-name'] ?? '');
  const form = { input, name, members, usualDeadline, needsCommand: imageName === '' };
  return { ...parseOneOff(test, form), imageName };
}
