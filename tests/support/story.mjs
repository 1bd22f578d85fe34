// A test that is one story: each step starts where the one before it ended, so the first that fails ends it.

/** `step(name, work)` for the test `t`; `watch(name, work)` runs the work and keeps what was to be seen when it fails. */
export function storyOf(t, watch = (_name, work) => work()) {
  return async (name, work) => {
    let failed = false;
    await t.test(name, async () => {
      try {
        await watch(name.replaceAll(/\W+/g, '-'), work);
      } catch (error) {
        failed = true;
        throw error;
      }
    });
    if (failed) throw new Error(`the story ended at: ${name}`);
  };
}
