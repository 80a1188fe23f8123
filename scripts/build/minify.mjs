// Minifies what ncc writes: unused code goes, names become short.
import { isBuiltin } from 'node:module';
import { minify as minifyBySwc } from '@swc/core';

/** No name that a program has; a call of it says that a function runs as soon as its file is loaded. */
const mark = '__headgateEager__';
const moduleStart = /^\/\*{3}\/ (\d+):\n\/\*{3}\/ (?=\()/gm;

/**
 * Marks the functions of ncc's modules: V8 compiles a function in parentheses once, where it would read others twice.
 * @param {string} text as ncc writes it
 * @param {(number: string) => string} [keyOf] what stands for a module's number
 */
export const markModules = (text, keyOf = (number) => number) =>
  text.replace(moduleStart, (_, number) => `${keyOf(number)}: ${mark}`);

const createRequire = '__WEBPACK_EXTERNAL_createRequire';
const requireBuiltin = new RegExp(`${createRequire}\\(import\\.meta\\.url\\)\\("([\\w:/]+)"\\)`, 'g');
const importOfIt = `import { createRequire as ${createRequire} } from "module";\n`;

/**
 * ncc makes a `require` for each module of Node's that a file needs; the process gives them at once, and without an import.
 * @param {string} text as ncc writes it
 */
export function takeBuiltins(text) {
  const taken = text.replace(requireBuiltin, (call, name) =>
    isBuiltin(name) ? `process.getBuiltinModule("${name}")` : call,
  );
  const rest = taken.replace(importOfIt, '');
  return rest.includes(createRequire) ? taken : rest;
}

/** @param {string} text an ES module, its modules marked or not @returns {Promise<string>} */
export async function minify(text) {
  const { code } = await minifyBySwc(text, {
    module: true,
    ecma: 2022,
    compress: { ecma: 2022, passes: 2 },
    mangle: true,
    // Others would make V8 read a file of two bytes a character, which is slower to start.
    format: { comments: false, ascii_only: true },
  });
  return `${code.replaceAll(`${mark}(`, '(').trimEnd()}\n`;
}
