// The same jobs in isolated-vm, inside a Node process: no process boundary, no network, no record.
// Usage: node --no-node-snapshot isolated-vm.mjs JOB COUNT; prints one JSON array of milliseconds, or of bytes.
import ivm from 'isolated-vm';

const [job, countText] = process.argv.slice(2);
const count = Number(countText);
const hello = "JSON.stringify({ hello: 'world' })";
const attacks = {
  loop: 'for (;;) {}',
  microtasks: '(async () => { for (;;) await 0; })()',
  regex: "/^(a+)+$/.test('a'.repeat(40) + 'b')",
  memory: 'const a = []; for (;;) a.push(new Array(1000).fill(1.1));',
};

const milliseconds = (work) => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
};

const jobs = {
  freshIsolate: () => milliseconds(() => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 });
    isolate.createContextSync().evalSync(hello);
    isolate.dispose();
  }),
  freshContext: (() => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 });
    return () => milliseconds(() => {
      const context = isolate.createContextSync();
      context.evalSync(hello);
      context.release();
    });
  })(),
  // Milliseconds beyond the 1,000 of the limit (memory: from the start).
  ...Object.fromEntries(Object.entries(attacks).map(([name, source]) => [name, () => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 });
    const context = isolate.createContextSync();
    const took = milliseconds(() => {
      try {
        context.evalSync(source, { timeout: 1000 });
      } catch {
        // The limit.
      }
    });
    return name === 'memory' ? took : took - 1000;
  }])),
  // Resident bytes of one more isolate with a context and a warm function.
  isolateBytes: (() => {
    const kept = [];
    return () => {
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 10; i++) {
        const isolate = new ivm.Isolate({ memoryLimit: 64 });
        const context = isolate.createContextSync();
        context.evalSync(hello);
        kept.push(context);
      }
      return (process.memoryUsage().rss - before) / 10;
    };
  })(),
};

const results = [];
for (let i = 0; i < count; i++) results.push(jobs[job]());
console.log(JSON.stringify(results));
