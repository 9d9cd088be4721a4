/** Whether one revision comes after another; any comes after none. */
export function isLater(revision: string, than: string | undefined): boolean {
  return than === undefined || BigInt(revision) > BigInt(than);
}
