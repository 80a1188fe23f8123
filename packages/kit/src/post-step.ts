// Which of its two steps a bundle was started for: one bundle serves both, so that a runner downloads its libraries once.

/** `dist/post/index.js` says so before it loads the bundle (scripts/build/ncc.mjs writes it). */
export function isPostStep(): boolean {
  return Object.hasOwn(globalThis, 'headgatePostStep');
}
