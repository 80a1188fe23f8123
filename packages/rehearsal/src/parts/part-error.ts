// Why a real part of the rehearsal (registry, proxy, engine, load) could not do its work.
import { ActionError } from '@headgate/kit/errors';

export type PartErrorCode =
  | 'tool-missing'
  | 'part-not-ready'
  | 'part-refused'
  | 'engine-unreachable'
  | 'repository-not-seeded';

export class PartError extends ActionError<PartErrorCode> {}
