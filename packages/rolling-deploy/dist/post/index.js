globalThis.headgatePostStep=true;await import("../index.js");
