// Going back to a release that the host keeps: what is deployed is read from its containers, and no registry is asked.
import type { Deps } from '@headgate/kit/deps';
import { type Connection, connectionTo, connectParts, random } from './connection.js';
import type { Delivery } from './delivery.js';
import { identityLabels } from './identity.js';
import { parseImage } from './image.js';
import type { Inputs } from './inputs.js';
import { createKeptStarter } from './kept-starter.js';
import { findRelease, releasesOf } from './releases.js';
import type { Transport } from './transport.js';

export interface WayBack {
  readonly connection: Connection;
  readonly delivery: Delivery;
}

/** @throws {DeployError} no-such-release, engine-unreachable */
export async function connectKept(
  release: string,
  inputs: Inputs,
  deps: Deps,
  transport: Transport,
): Promise<WayBack> {
  const host = await connectParts(inputs, deps, transport);
  const { engine, identity } = host;
  const found = findRelease(releasesOf(await engine.list(identityLabels(identity))), release);
  const { revision } = found;
  const starter = createKeptStarter({ engine, identity, revision, random });
  const options = { ...host, starter, stopGraceMs: inputs.stopGrace };
  if (inputs.tests.length + inputs.hooks.length > 0)
    deps.core.warning('tests and hooks are not run on the way back: they belong to another release');
  return {
    connection: connectionTo(inputs, options, { revision, testPlace: null }, deps),
    delivery: {
      image: parseImage(found.image),
      version: found.version || null,
      commit: null,
      tests: [],
      hooks: [],
    },
  };
}
