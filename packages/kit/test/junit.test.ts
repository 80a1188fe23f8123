// JUnit reports as different runners write them, and files that are none.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJUnit } from '../src/junit.js';

const jest = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" tests="4" failures="1" errors="0" time="2.5">
  <testsuite name="prices" errors="0" failures="1" skipped="1" tests="3" time="2">
    <properties><property name="failure" value="no test"/></properties>
    <testcase classname="prices are" name="prices are whole" time="0.5"/>
    <testcase classname="prices" name="are known" time="1.25">
      <failure message="expected 3">expected 3
  but 4 was &lt;found&gt;</failure>
    </testcase>
    <testcase classname="prices" name="are fair" time="0"><skipped/></testcase>
  </testsuite>
  <testsuite name="orders">
    <testcase name="arrive" time="1,000.25"><error><![CDATA[boom <here>]]></error><error>again</error></testcase>
  </testsuite>
</testsuites>`;

describe('a JUnit report', () => {
  it('is summed over all its suites, with the first failure of each case', () => {
    expect(parseJUnit(jest)).toEqual({
      tests: 4,
      failed: 2,
      skipped: 1,
      seconds: 1002,
      failures: [
        { name: 'prices are known', message: 'expected 3\n  but 4 was <found>' },
        { name: 'arrive', message: 'boom <here>' },
      ],
    });
  });

  it('may be one suite, and an empty one', () => {
    expect(parseJUnit('<testsuite name="none"/>')).toMatchObject({ tests: 0, failed: 0, failures: [] });
  });

  it('names 50 failures at most, and counts all', () => {
    const cases = '<testcase name="a"><failure/></testcase>'.repeat(60);
    const report = parseJUnit(`<testsuite>${cases}</testsuite>`);
    expect([report?.failed, report?.failures.length]).toEqual([60, 50]);
  });

  it.each([
    ['another document', '<html><body>testsuite</body></html>'],
    ['no XML', 'PASS all'],
    ['a cut one', jest.slice(0, 300)],
    ['nothing', ''],
    ['entities of its own', '<!DOCTYPE a [<!ENTITY x "y">]><testsuite><testcase name="&x;"/></testsuite>'],
  ])('is not found in %s', (_, text) => expect(parseJUnit(text)).toBeNull());

  it('never throws, whatever the file holds', () => {
    const pieces = fc.constantFrom(
      '<testsuite>',
      '<testcase name="',
      '">',
      '<failure',
      '/>',
      '&amp;',
      '<![CDATA[',
      ']]>',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => void parseJUnit(parts.join(''))),
    );
  });
});
