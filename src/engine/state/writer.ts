/** Writes one after the other; whatever is asked for while the event loop turns once shares a write. */
export class Writer {
  private next: Promise<void> | undefined;

  /** @param write writes what is true when it is called */
  constructor(private readonly write: () => void) {}

  /** Resolves when what is true now is on the disk. */
  save(): Promise<void> {
    this.next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.next = undefined;
      this.write();
    });
    return this.next;
  }
}
