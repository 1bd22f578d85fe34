// Commands that run side by side, and whose output still comes one after the other.
import os from 'node:os';

/** Holds output back until it is its turn. */
function relay() {
  const held = [];
  let write = (data) => held.push(data);
  return {
    take: (data) => write(data),
    open() {
      for (const data of held) process.stdout.write(data);
      write = (data) => process.stdout.write(data);
    },
  };
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {}); // asked for later, when its turn has come
  return made;
}

/**
 * Run `jobs` ({title, run(show)}), as many at once as there are processors; `done(job, result, seconds)` is called in the
 * order of the jobs, each after its title and its output were printed.
 */
export async function sideBySide(jobs, done) {
  const waiting = jobs.map((job) => ({ job, relay: relay(), ...deferred() }));
  const queue = [...waiting];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const start = Date.now();
      await next.job.run(next.relay.take).then(
        (result) => next.resolve({ result, seconds: (Date.now() - start) / 1000 }),
        next.reject,
      );
    }
  };
  for (let count = 0; count < Math.min(os.availableParallelism(), jobs.length); count++) void worker();
  for (const { job, relay: output, promise } of waiting) {
    console.log(`\n${job.title}`);
    output.open();
    const { result, seconds } = await promise;
    await done(job, result, seconds);
  }
}
