/** Like `Promise.all`, but waits for all: after it nothing goes on, also when one has failed. */
export async function together<T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [Key in keyof T]: Awaited<T[Key]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
