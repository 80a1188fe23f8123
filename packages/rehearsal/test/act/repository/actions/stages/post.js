console.log(`fact post=${process.env.INPUT_NAME}, ${process.env.STATE_from}, ${process.env.STATE_main}`);
