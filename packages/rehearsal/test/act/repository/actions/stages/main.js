const { appendFileSync } = require('node:fs');
console.log(`fact main=${process.env.INPUT_NAME}, ${process.env.STATE_from}`);
appendFileSync(process.env.GITHUB_STATE, 'main=was here\n');
appendFileSync(process.env.GITHUB_OUTPUT, `heard=${process.env.STATE_from}\n`);
if (process.env.INPUT_FAILS === 'true') process.exitCode = 1;
