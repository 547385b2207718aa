/** Loaded before a program's own code (`NODE_OPTIONS=--import`): in the process that runs the graph, memory leaks. */
const kept = [];
if (process.argv[1]?.includes('ortProcess'))
  setInterval(() => {
    if (kept.length < 1500) kept.push(Buffer.alloc(2 ** 19, 1));
  }, 10).unref();
