// What ends a release: what was expected, what was found, and the one thing that cures it.

export class ReleaseProblem extends Error {
  /** @param {string} message what was expected and found @param {string} hint the cure */
  constructor(message, hint) {
    super(message);
    this.name = 'ReleaseProblem';
    this.hint = hint;
  }
}
