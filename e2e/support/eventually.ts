/**
 * Looks again until `check` holds, as a person would; what comes from other processes has no event that a test could wait for.
 * @throws what the last look threw, when it has not held within `withinMs`
 */
export async function eventually<Value>(check: () => Value | Promise<Value>, withinMs = 15_000): Promise<Value> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
