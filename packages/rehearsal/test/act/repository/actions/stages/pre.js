const { appendFileSync } = require('node:fs');
console.log(`fact pre=${process.env.INPUT_NAME}`);
appendFileSync(process.env.GITHUB_STATE, `from=pre of ${process.env.INPUT_NAME}\n`);
