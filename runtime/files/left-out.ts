import type { Fields } from "../../src/model/fields";
import { SandstackError } from "../../src/model/error";
import { Tag } from "../../src/model/protocol";

/** So many are named. */
const SHOWN = 20;

/** Collects what of a directory could not be copied, and why: it is named once all else is there. */
export class LeftOut {
  private readonly named: string[] = [];
  private count = 0;

  /** Takes what a guest tells of an entry. */
  readonly tell = (event: Fields): void =>
    this.add(`${event.text(Tag.PATH) ?? ""}: ${event.text(Tag.MESSAGE) ?? "no reason was given"}`);

  add(what: string): void {
    this.count++;
    if (this.named.length < SHOWN) this.named.push(what.replace(/^\.\//, ""));
  }

  /** @throws SandstackError INCOMPLETE naming what was left out, if anything was */
  throwIfAny(from: string): void {
    if (this.count === 0) return;
    const more = this.count > this.named.length ? [`and ${this.count - this.named.length} more`] : [];
    const list = [...this.named, ...more].map((line) => `  ${line}`).join("\n");
    throw new SandstackError("INCOMPLETE", `Not all of ${from} could be copied:\n${list}`, {
      hint: "All else is there.",
    });
  }
}
